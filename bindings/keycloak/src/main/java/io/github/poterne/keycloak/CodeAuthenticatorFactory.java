package io.github.poterne.keycloak;

import io.github.poterne.PoterneException;
import io.github.poterne.Language;
import java.util.List;
import org.keycloak.Config;
import org.keycloak.authentication.Authenticator;
import org.keycloak.authentication.AuthenticatorFactory;
import org.keycloak.models.AuthenticationExecutionModel.Requirement;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.KeycloakSessionFactory;
import org.keycloak.provider.ProviderConfigProperty;

/** Reads the options, opens the keyring and the pool, and makes the step of each sign-in. */
public final class CodeAuthenticatorFactory implements AuthenticatorFactory {
    /** The name of the step in a flow, and of the options. */
    public static final String ID = "poterne";

    private Settings settings;
    private SecondFactor factor;

    @Override
    public String getId() {
        return ID;
    }

    @Override
    public void init(Config.Scope config) {
        settings = Settings.read(config);
    }

    /** An option or a table that is wrong stops the server. A database that does not answer now may answer later. */
    @Override
    public void postInit(KeycloakSessionFactory sessions) {
        if (settings == null) {
            Log.warning("poterne is installed and not set up: there is no option spi-authenticator--poterne--keyring");
            return;
        }
        factor = SecondFactor.open(settings);
        try {
            factor.check();
        } catch (PoterneException error) {
            if (!SecondFactor.isTemporary(error)) {
                throw error;
            }
            Log.error(error.code(), error.message(Language.ENGLISH));
        }
    }

    @Override
    public void close() {
        if (factor != null) {
            factor.close();
        }
    }

    /** The second factor of this server; an error, and never a verdict, if it is not set up. */
    static SecondFactor of(KeycloakSession session) {
        CodeAuthenticatorFactory factory =
                (CodeAuthenticatorFactory) session.getKeycloakSessionFactory().getProviderFactory(Authenticator.class, ID);
        if (factory.factor == null) {
            throw PoterneException.unavailable(new IllegalStateException("poterne is not set up"));
        }
        return factory.factor;
    }

    @Override
    public Authenticator create(KeycloakSession session) {
        return CodeAuthenticator.INSTANCE;
    }

    @Override
    public String getDisplayType() {
        return "poterne: one-time code";
    }

    @Override
    public String getHelpText() {
        return "Asks for the code of the user's app or token, which is accepted once on all doors that share the table.";
    }

    @Override
    public String getReferenceCategory() {
        return "otp";
    }

    @Override
    public boolean isConfigurable() {
        return false;
    }

    @Override
    public List<ProviderConfigProperty> getConfigProperties() {
        return List.of();
    }

    @Override
    public Requirement[] getRequirementChoices() {
        return new Requirement[] {Requirement.REQUIRED, Requirement.ALTERNATIVE, Requirement.DISABLED};
    }

    @Override
    public boolean isUserSetupAllowed() {
        return false;
    }
}
