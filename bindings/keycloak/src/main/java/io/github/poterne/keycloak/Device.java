package io.github.poterne.keycloak;

import io.github.poterne.Status;

/** A row of a person, with a record in it. */
record Device(int row, String account, Status status) {}
