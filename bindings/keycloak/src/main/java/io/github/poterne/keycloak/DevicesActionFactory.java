package io.github.poterne.keycloak;

import org.keycloak.Config;
import org.keycloak.authentication.RequiredActionFactory;
import org.keycloak.authentication.RequiredActionProvider;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.KeycloakSessionFactory;

/** Makes the page of the user's own devices. Its options are those of {@link CodeAuthenticatorFactory}. */
public final class DevicesActionFactory implements RequiredActionFactory {
    @Override
    public String getId() {
        return CodeAuthenticatorFactory.ID;
    }

    @Override
    public String getDisplayText() {
        return "poterne: authenticator app";
    }

    @Override
    public RequiredActionProvider create(KeycloakSession session) {
        return DevicesAction.INSTANCE;
    }

    @Override
    public void init(Config.Scope config) {}

    @Override
    public void postInit(KeycloakSessionFactory sessions) {}

    @Override
    public void close() {}
}
