import uuid

from django.db import models


def new_id():
    return str(uuid.uuid4())


class Item(models.Model):
    public_id = models.CharField(max_length=36, unique=True, default=new_id)
    version = models.PositiveIntegerField(default=1)
    sku = models.CharField(max_length=40, unique=True, null=True)
    name = models.CharField(max_length=200)
    price_cents = models.PositiveIntegerField()
    currency = models.CharField(max_length=3, default="EUR")
    quantity = models.PositiveIntegerField(default=0)
    tags = models.JSONField(default=list)

    @property
    def etag(self):
        return f'"{self.pk}-{self.version}"'


class TagUse(models.Model):
    """One row for each tag of an item, to find items by."""

    item = models.ForeignKey(Item, on_delete=models.CASCADE, related_name="tag_uses")
    tag = models.CharField(max_length=30)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["tag", "item"], name="tag_once")]


class Creation(models.Model):
    """The first answer under an Idempotency-Key."""

    key = models.CharField(max_length=210, primary_key=True)
    payload = models.TextField()
    body = models.JSONField()
    etag = models.CharField(max_length=60)
    location = models.CharField(max_length=100)
