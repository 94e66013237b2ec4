"""A bridge for sites that have django-otp pages already: a person's rows as its devices.

    INSTALLED_APPS += ["django_otp", "poterne.django", "poterne.django.otp"]

Such a site keeps `django_otp.middleware.OTPMiddleware` and its own pages, and does without `SecondStep`.
"""
