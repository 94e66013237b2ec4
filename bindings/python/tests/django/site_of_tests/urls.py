from django.conf import settings
from django.contrib import admin
from django.contrib.auth import views as auth
from django.contrib.auth.decorators import login_required
from django.contrib.staticfiles.views import serve
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import include, path, re_path


def who(request):
    """For programs: who is signed in."""
    return HttpResponse(request.user.get_username())


urlpatterns = [
    path("", login_required(lambda request: render(request, "home.html")), name="home"),
    path("who/", who),
    path("public/", lambda request: HttpResponse("public")),
    path("login/", auth.LoginView.as_view(), name="login"),
    path("logout/", auth.LogoutView.as_view(next_page="login"), name="logout"),
    path("admin/", admin.site.urls),
    re_path("^static/(?P<path>.*)$", serve, {"insecure": True}),
]
if "poterne.django" in settings.INSTALLED_APPS:
    urlpatterns.append(path("second-step/", include("poterne.django.urls")))
