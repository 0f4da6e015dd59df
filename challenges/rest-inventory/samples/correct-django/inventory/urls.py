from django.urls import path, register_converter

from inventory import views


class VersionConverter:
    regex = "v1|v2"
    to_python = to_url = staticmethod(str)


register_converter(VersionConverter, "version")

urlpatterns = [
    path("healthz", views.healthz),
    path("openapi.json", views.openapi),
    path("<version:version>/items", views.Collection.as_view()),
    path("<version:version>/items/<str:public_id>", views.Member.as_view()),
]
handler404 = views.not_found
handler500 = views.server_error
