"""A second factor for a Django site: `pip install 'poterne[django]'`, and bindings/python/DJANGO.md.

    INSTALLED_APPS += ["poterne.django"]
    MIDDLEWARE += ["poterne.django.middleware.SecondStep"]  # behind AuthenticationMiddleware
    POTERNE = {"APPLICATION": "grand-angle", "KEYRING": "/etc/grand-angle/poterne.keys", "ISSUER": "Département"}

Whatever checks the password, the session that comes of it is nobody's until a code is accepted. The records stand in a table of their
own, and only the swap writes them.
"""
