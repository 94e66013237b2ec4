"""A site that has the pages of django-two-factor-auth."""

from django.urls import include, path
from two_factor.urls import urlpatterns as two_factor

from site_of_tests.urls import who

urlpatterns = [path("", include(two_factor)), path("", who, name="home"), path("who/", who), path("second-step/", include("poterne.django.urls"))]
