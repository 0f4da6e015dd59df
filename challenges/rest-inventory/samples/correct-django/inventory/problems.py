from http import HTTPStatus

from django.http import JsonResponse


class Problem(Exception):
    def __init__(self, status, detail, errors=None):
        super().__init__(detail)
        self.status = status
        self.detail = detail
        self.errors = errors

    def response(self):
        document = {"title": HTTPStatus(self.status).phrase, "status": self.status, "detail": self.detail}
        if self.errors is not None:
            document["errors"] = [{"pointer": pointer, "detail": text} for pointer, text in self.errors]
        return JsonResponse(document, status=self.status, content_type="application/problem+json")
