"""The two versions of an item, as pydantic models."""

import re
from typing import Annotated, Any, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from inventory.database import Item

MAX_CENTS = 1_000_000_000


def _different(tags: list[str]) -> list[str]:
    if len(set(tags)) != len(tags):
        raise ValueError("tags must be different")
    return tags


def _amount(value: str) -> str:
    if not re.fullmatch(r"(0|[1-9][0-9]{0,7})\.[0-9]{2}", value) or int(value.replace(".", "")) > MAX_CENTS:
        raise ValueError('must be "0.00" to "10000000.00"')
    return value


TagName = Annotated[str, Field(pattern="^[a-z0-9-]{1,30}$")]


class Model(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid")


class Price(Model):
    amount: Annotated[str, AfterValidator(_amount)]
    currency: Annotated[str, Field(pattern="^[A-Z]{3}$")]


class NewItem(Model):
    sku: Annotated[str, Field(pattern="^[A-Z0-9][A-Z0-9-]{0,39}$")] | None = None
    name: Annotated[str, Field(min_length=1, max_length=200)]
    quantity: Annotated[int, Field(ge=0, le=1_000_000)] = 0
    tags: Annotated[list[TagName], Field(max_length=10), AfterValidator(_different)] = Field(
        default_factory=list
    )

    def columns(self) -> dict[str, Any]:
        return {"sku": self.sku, "name": self.name, "quantity": self.quantity, "tags": self.tags}


class NewItemV1(NewItem):
    price_cents: Annotated[int, Field(ge=0, le=MAX_CENTS)]

    def columns(self) -> dict[str, Any]:
        return super().columns() | {"price_cents": self.price_cents}


class NewItemV2(NewItem):
    price: Price

    def columns(self) -> dict[str, Any]:
        cents = int(self.price.amount.replace(".", ""))
        return super().columns() | {"price_cents": cents, "currency": self.price.currency}


class ItemV1(NewItemV1):
    id: str

    @classmethod
    def of(cls, item: Item) -> Self:
        return cls(
            id=item.id,
            sku=item.sku,
            name=item.name,
            price_cents=item.price_cents,
            quantity=item.quantity,
            tags=item.tags,
        )


class ItemV2(NewItemV2):
    id: str

    @classmethod
    def of(cls, item: Item) -> Self:
        euros, cents = divmod(item.price_cents, 100)
        return cls(
            id=item.id,
            sku=item.sku,
            name=item.name,
            price=Price(amount=f"{euros}.{cents:02d}", currency=item.currency),
            quantity=item.quantity,
            tags=item.tags,
        )


class PageV1(Model):
    items: list[ItemV1]


class PageV2(Model):
    items: list[ItemV2]


class WrongMember(Model):
    pointer: str
    detail: str


class ProblemDocument(Model):
    type: str = "about:blank"
    title: str
    status: int
    detail: str
    errors: list[WrongMember] | None = None
