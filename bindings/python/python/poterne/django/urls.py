"""`path("second-step/", include("poterne.django.urls"))`, wherever the site wants them."""

from django.urls import path

from poterne.django import views

app_name = "poterne"

urlpatterns = [
    path("login/", views.LoginView.as_view(), name="login"),
    path("code/", views.code, name="code"),
    path("leave/", views.leave, name="leave"),
    path("notice/", views.notice, name="notice"),
    path("enroll/", views.enroll, name="enroll"),
    path("enroll/qr.svg", views.qr, name="qr"),
    path("recovery/", views.recovery, name="recovery"),
    path("recovery/new/", views.new_recovery, name="new_recovery"),
    path("account/", views.account, name="account"),
    path("replace/", views.replace, name="replace"),
]
