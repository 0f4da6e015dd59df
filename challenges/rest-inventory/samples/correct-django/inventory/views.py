import hashlib
import json
from http import HTTPStatus
from urllib.parse import urlencode

from django.core import signing
from django.db import IntegrityError, transaction
from django.http import HttpResponse, JsonResponse
from django.views import View

from inventory.documents import merge_patch, parse, show
from inventory.models import Creation, Item, TagUse
from inventory.problems import Problem

MAX_BODY = 65_536
MEDIA_TYPES = {"POST": "application/json", "PUT": "application/json", "PATCH": "application/merge-patch+json"}


def healthz(request):
    return JsonResponse({"status": "ok"})


def not_found(request, exception):
    return Problem(404, "There is no such path.").response()


def server_error(request):
    return Problem(500, "That is our fault.").response()


def read_document(request):
    if int(request.headers.get("Content-Length") or 0) > MAX_BODY:
        raise Problem(413, f"At most {MAX_BODY} bytes.")
    if request.content_type != MEDIA_TYPES[request.method]:
        raise Problem(415, f"The body must be {MEDIA_TYPES[request.method]}.")
    try:
        return json.loads(request.body.decode("utf-8"))
    except (ValueError, RecursionError):
        raise Problem(400, "The body is not JSON in UTF-8.") from None


def read_limit(text):
    try:
        limit = int(text)
    except ValueError:
        raise Problem(400, "limit must be an integer.") from None
    if limit <= 0:
        raise Problem(400, "limit must be positive.")
    return min(limit, 100)


def tags_of(header):
    return {tag.strip().removeprefix("W/") for tag in header.split(",")}


def check_if_match(request, item, *, required):
    header = request.headers.get("If-Match")
    if header is None:
        if required:
            raise Problem(428, "A change needs If-Match.")
    elif header.strip() != "*" and item.etag not in [tag.strip() for tag in header.split(",")]:
        raise Problem(412, "The item has changed.")


def store(item):
    """Write an item and its tags. Raises Problem 409."""
    try:
        with transaction.atomic():
            item.save()
    except IntegrityError:
        raise Problem(409, "Another item has this sku.") from None
    item.tag_uses.all().delete()
    TagUse.objects.bulk_create([TagUse(item=item, tag=tag) for tag in item.tags])


class ProblemView(View):
    def http_method_not_allowed(self, request, *args, **kwargs):
        response = Problem(405, f"No {request.method} here.").response()
        response["Allow"] = ", ".join(self._allowed_methods())
        return response


class Collection(ProblemView):
    def get(self, request, version):
        limit = read_limit(request.GET.get("limit", "20"))
        tag = request.GET.get("tag")
        items = Item.objects.order_by("pk")
        if tag is not None:
            items = items.filter(tag_uses__tag=tag)
        if "cursor" in request.GET:
            items = items.filter(pk__gt=self.position(request.GET["cursor"], tag))
        found = list(items[: limit + 1])
        response = JsonResponse({"items": [show(version, item) for item in found[:limit]]})
        if len(found) > limit:
            query = {"limit": limit, "cursor": signing.dumps([found[limit - 1].pk, tag], salt="cursor")}
            if tag is not None:
                query["tag"] = tag
            url = request.build_absolute_uri(f"{request.path}?{urlencode(query)}")
            response["Link"] = f'<{url}>; rel="next"'
        return response

    @staticmethod
    def position(cursor, tag):
        try:
            position, issued_for = signing.loads(cursor, salt="cursor")
        except signing.BadSignature:
            raise Problem(400, "The cursor was not issued by this service.") from None
        if issued_for != tag:
            raise Problem(400, "The cursor was issued for another filter.")
        return position

    def post(self, request, version):
        document = read_document(request)
        key = request.headers.get("Idempotency-Key")
        canonical = json.dumps(document, sort_keys=True).encode()
        payload = hashlib.sha256(canonical).hexdigest()
        scoped = f"{version} {key}"
        with transaction.atomic():
            known = Creation.objects.filter(key=scoped).first() if key is not None else None
            if known is None:
                item = Item(**parse(version, document))
                store(item)
                known = Creation(
                    key=scoped,
                    payload=payload,
                    body=show(version, item),
                    etag=item.etag,
                    location=f"{request.path}/{item.public_id}",
                )
                if key is not None:
                    known.save(force_insert=True)
            elif known.payload != payload:
                raise Problem(422, "The key was used with another payload.")
        headers = {"Location": known.location, "ETag": known.etag}
        return JsonResponse(known.body, status=201, headers=headers)


class Member(ProblemView):
    @staticmethod
    def load(public_id):
        item = Item.objects.filter(public_id=public_id).first()
        if item is None:
            raise Problem(404, "There is no such item.")
        return item

    def get(self, request, version, public_id):
        item = self.load(public_id)
        header = request.headers.get("If-None-Match")
        if header is not None and {"*", item.etag} & tags_of(header):
            return HttpResponse(status=304, headers={"ETag": item.etag})
        return JsonResponse(show(version, item), headers={"ETag": item.etag})

    def put(self, request, version, public_id):
        document = read_document(request)
        with transaction.atomic():
            item = self.load(public_id)
            check_if_match(request, item, required=True)
            if request.method == "PATCH":
                document = merge_patch(show(version, item), document)
            for name, value in parse(version, document).items():
                setattr(item, name, value)
            item.version += 1
            store(item)
        return JsonResponse(show(version, item), headers={"ETag": item.etag})

    patch = put

    def delete(self, request, version, public_id):
        with transaction.atomic():
            item = self.load(public_id)
            check_if_match(request, item, required=False)
            item.delete()
        return HttpResponse(status=204)


def openapi(request):
    problem = {"application/problem+json": {"schema": {"type": "object"}}}
    change = {"200", "400", "404", "409", "412", "413", "415", "422", "428"}
    statuses = {
        ("items", "get"): {"200", "400"},
        ("items", "post"): {"201", "400", "409", "413", "415", "422"},
        ("items/{id}", "get"): {"200", "304", "404"},
        ("items/{id}", "put"): change,
        ("items/{id}", "patch"): change,
        ("items/{id}", "delete"): {"204", "404", "412"},
    }
    paths = {}
    for version in ("v1", "v2"):
        for (path, method), expected in statuses.items():
            responses = {}
            for status in sorted(expected):
                responses[status] = {"description": HTTPStatus(int(status)).phrase}
                if status >= "400":
                    responses[status]["content"] = problem
                elif status in ("200", "201"):
                    responses[status]["content"] = {"application/json": {"schema": {"type": "object"}}}
            item = paths.setdefault(f"/{version}/{path}", {})
            item[method] = {"operationId": f"{version}-{method}-{path.count('/')}", "responses": responses}
            if "{id}" in path:
                item["parameters"] = [
                    {"name": "id", "in": "path", "required": True, "schema": {"type": "string"}}
                ]
            if method.upper() in MEDIA_TYPES:
                content = {MEDIA_TYPES[method.upper()]: {"schema": {"type": "object"}}}
                item[method]["requestBody"] = {"required": True, "content": content}
    info = {"title": "Inventory", "version": "2.0"}
    return JsonResponse({"openapi": "3.1.0", "info": info, "paths": paths})
