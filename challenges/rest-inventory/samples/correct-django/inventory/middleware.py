from inventory.problems import Problem


def problems(get_response):
    """Problems that a view raises become answers."""

    def middleware(request):
        return get_response(request)

    middleware.process_exception = lambda request, exception: (
        exception.response() if isinstance(exception, Problem) else None
    )
    return middleware


def end_of_v1(get_response):
    def middleware(request):
        response = get_response(request)
        if request.path.startswith("/v1/items"):
            response["Deprecation"] = "@1767225600"
            response["Sunset"] = "Thu, 01 Jul 2027 00:00:00 GMT"
            successor = "</v2/items>;rel=successor-version"
            response["Link"] = f"{successor}, {response['Link']}" if "Link" in response else successor
        return response

    return middleware
