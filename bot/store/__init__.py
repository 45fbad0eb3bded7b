"""What is remembered: tables, transactions, encrypted columns, migrations. Alone knows SQLModel."""

from bot.store.database import Store, StoreError, Transaction
from bot.store.sealing import KeyProblem, Vault, vault

__all__ = ["KeyProblem", "Store", "StoreError", "Transaction", "Vault", "vault"]
