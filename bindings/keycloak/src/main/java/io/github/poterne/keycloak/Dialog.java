package io.github.poterne.keycloak;

import jakarta.ws.rs.core.MultivaluedMap;
import jakarta.ws.rs.core.Response;
import java.util.Optional;
import org.keycloak.authentication.AuthenticationFlowContext;
import org.keycloak.authentication.RequiredActionContext;
import org.keycloak.forms.login.LoginFormsProvider;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.UserModel;
import org.keycloak.sessions.AuthenticationSessionModel;

/** One request of a user, in a step of the sign-in or in a required action: Keycloak has two interfaces for the same. */
interface Dialog {
    KeycloakSession session();

    UserModel user();

    /** Its notes are kept on the server, between the pages of this user. */
    AuthenticationSessionModel notes();

    LoginFormsProvider form();

    MultivaluedMap<String, String> parameters();

    void show(Response page);

    /** The step is done. */
    void done();

    boolean isLogin();

    default Optional<String> parameter(String name) {
        return Optional.ofNullable(parameters().getFirst(name));
    }

    static Dialog of(AuthenticationFlowContext context) {
        return new Dialog() {
            @Override
            public KeycloakSession session() {
                return context.getSession();
            }

            @Override
            public UserModel user() {
                return context.getUser();
            }

            @Override
            public AuthenticationSessionModel notes() {
                return context.getAuthenticationSession();
            }

            @Override
            public LoginFormsProvider form() {
                return context.form();
            }

            @Override
            public MultivaluedMap<String, String> parameters() {
                return context.getHttpRequest().getDecodedFormParameters();
            }

            @Override
            public void show(Response page) {
                // Not a failure: Keycloak's own count of failures would let anybody lock the account who knows the password, and
                // would lock the password's step too. The library throttles and locks (semantics, section 6).
                context.challenge(page);
            }

            @Override
            public void done() {
                context.success();
            }

            @Override
            public boolean isLogin() {
                return true;
            }
        };
    }

    static Dialog of(RequiredActionContext context) {
        return new Dialog() {
            @Override
            public KeycloakSession session() {
                return context.getSession();
            }

            @Override
            public UserModel user() {
                return context.getUser();
            }

            @Override
            public AuthenticationSessionModel notes() {
                return context.getAuthenticationSession();
            }

            @Override
            public LoginFormsProvider form() {
                return context.form();
            }

            @Override
            public MultivaluedMap<String, String> parameters() {
                return context.getHttpRequest().getDecodedFormParameters();
            }

            @Override
            public void show(Response page) {
                context.challenge(page);
            }

            @Override
            public void done() {
                context.success();
            }

            @Override
            public boolean isLogin() {
                return false;
            }
        };
    }
}
