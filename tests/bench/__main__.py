"""python -m tests.bench service|growth: what `peerbot bench` runs in a checkout."""

import argparse
import asyncio
import subprocess
import sys


def main() -> None:
    parser = argparse.ArgumentParser(prog="peerbot bench")
    parser.add_argument("what", choices=("service", "growth"))
    parser.add_argument("--people", type=int, nargs="+")
    parser.add_argument(
        "--aiogram", action="store_true", help="make aiogram's environment if it is not there"
    )
    told = parser.parse_args()
    from tests.bench import contenders, growth, service

    if told.what == "growth":
        return growth.report(told.people or [1000, 10_000, 100_000])
    if told.aiogram and not contenders.ENVIRONMENT.exists():
        try:
            contenders.make_environment()
        except subprocess.CalledProcessError as error:
            print(f"aiogram's environment cannot be made: {error}", file=sys.stderr)
    asyncio.run(service.report((told.people or [150])[0]))


if __name__ == "__main__":
    main()
