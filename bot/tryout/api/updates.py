"""Fetching updates, or having them delivered."""

from bot.tryout.api.register import Parts, method, without_none
from bot.tryout.updates import Webhook
from bot.tryout.world import Json


@method
async def get_updates(parts: Parts, given: Json) -> list[Json]:
    parts.updates.allow(given.get("allowed_updates"))
    return await parts.updates.poll(given.get("offset", 0), given.get("limit", 100), given.get("timeout", 0))


@method
async def set_webhook(parts: Parts, given: Json) -> bool:
    parts.updates.allow(given.get("allowed_updates"))
    if given.get("drop_pending_updates"):
        parts.updates.drop()
    if not given["url"]:
        parts.updates.remove_webhook()
        return True
    webhook = Webhook(given["url"], given.get("secret_token"), given.get("max_connections", 40))
    parts.updates.set_webhook(webhook)
    return True


@method
async def delete_webhook(parts: Parts, given: Json) -> bool:
    if given.get("drop_pending_updates"):
        parts.updates.drop()
    parts.updates.remove_webhook()
    return True


@method
async def get_webhook_info(parts: Parts, given: Json) -> Json:
    webhook = parts.updates.webhook or Webhook("")
    info = {
        "url": webhook.url,
        "has_custom_certificate": False,
        "pending_update_count": len(parts.updates.waiting()),
        "max_connections": webhook.max_connections if webhook.url else None,
        "last_error_message": webhook.last_error,
        "last_error_date": webhook.last_error_date,
        "allowed_updates": parts.updates.allowed or None,
    }
    return without_none(info)
