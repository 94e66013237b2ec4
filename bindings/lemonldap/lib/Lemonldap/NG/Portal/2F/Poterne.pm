# The code behind the password.
#
# Between the two is the portal's own token session, which says whose password was right. A cookie has the token, and a ticket that
# binds it to the browser and to the ticket's time; the address of the page has a digest of the token, so that each tab has its own.
# The session's cookie is set once the code is accepted, not before.
package Lemonldap::NG::Portal::2F::Poterne;

use strict;
use warnings;
use Mouse;
use Crypt::URandom;
use Poterne;
use Lemonldap::NG::Portal::Main::Constants qw(PE_OK PE_BADOTP PE_SENDRESPONSE);

our $VERSION = '0.1.0';

extends 'Lemonldap::NG::Portal::Main::SecondFactor';
with 'Lemonldap::NG::Portal::Lib::Poterne';

has prefix => (is => 'ro', default => 'poterne');
has logo   => (is => 'rw', default => 'totp.png');

# Whether somebody without a record enrolls behind the password alone: poterne2fSelfRegistration, a rule.
has self_registration => (is => 'rw', default => sub {
        sub { 0 }
    }
);

# A second submission of the accepted code by the same form, as of a double click, gets the first one's answer for so long.
use constant AGAIN_SECONDS => 10;

# Codes behind one password. A user with wrong ones has to wait before that.
use constant MOST_TRIES => 20;

# Clicks that may be one: only so many tries of a password wait for another's answer.
use constant CLICKS => 4;

use constant PURPOSE => 'lemonldap-ng';

# SAML: what an assertion says about the login, `poterneAuthnContext`, such as https://refeds.org/profile/mfa. By itself the portal has
# no context for a second factor.
use constant hook => { samlBuildAuthnResponse => 'name_context' };

use constant aroundSub => { secondFactor => 'begin' };

sub init {
    my ($self) = @_;
    $self->starts or return 0;

    # The portal's token lives as long as the ticket.
    $self->conf->{sfLoginTimeout} = $self->verifier->get('ticket_seconds');
    $self->ott->timeout($self->conf->{sfLoginTimeout});
    if (my $rule = $self->conf->{poterne2fSelfRegistration}) {
        $self->self_registration($self->p->buildRule($rule, 'poterne2fSelfRegistration') || return 0);
    }
    return $self->SUPER::init();
}

# The time of the password. The portal's tokens keep it; where people choose between factors, each choice is a new token.
sub begin {
    my ($self, $second_factor, $req) = @_;
    $req->sessionInfo->{_poterneSince} = time;
    my $result = $second_factor->($req);
    delete $req->sessionInfo->{_poterneSince};
    return $result;
}

sub _is_late {
    my ($self, $session) = @_;
    return ($session->{_poterneSince} // 0) + $self->verifier->get('ticket_seconds') <= time;
}

# The password was right: on to the page that asks for the code. Every form here is answered by a redirection or by what is shown
# once, so that going back and reloading ask for nothing.
sub run {
    my ($self, $req, $token) = @_;
    my $response = $self->_is_late($req->sessionInfo) ? $self->_late($req) : eval {
        my $person = $self->person($req->sessionInfo);
        my $ticket = $self->verifier->ticket($person, PURPOSE, $token);
        # Without the table there is no question either.
        $self->devices($person);
        # What was accepted has an entry of its own: who updates a token writes all of it, and the clicks at one moment undo each other.
        my $accepted = $self->ott->createToken({}) or die "no token\n";
        $self->ott->updateToken($token, _poterneAccepted => $accepted);
        $self->ott->updateToken($token, _poterneTicket => $self->bound_to($ticket));
        my $page = $self->_see($token);
        push @{ $page->[1] }, 'Set-Cookie' => $self->_cookie($token, "$ticket.$token", $self->verifier->get('ticket_seconds'));
        $page;
    } // $self->_failed($req);
    $req->response($response);
    return PE_SENDRESPONSE;
}

sub _see {
    my ($self, $token) = @_;
    return [303, [Location => $self->conf->{portal} . $self->prefix . '2fcheck?tab=' . $self->_tab($token)], []];
}

# A refusal, for the page that it is shown on.
sub _say {
    my ($self, $token, $denied, $where) = @_;
    my $said = join ':', $where, $denied->status, $denied->wait_seconds, $denied->clock_off_steps;
    $self->ott->updateToken($token, _poterneSaid => $said);
    return $self->_see($token);
}

sub _said {
    my ($self, $req, $session, $token) = @_;
    my $said = $session->{_poterneSaid} or return;
    $self->ott->updateToken($token, _poterneSaid => '');
    my ($where, $status, $wait, $steps) = split /:/, $said;
    return (notice => $self->word($req, 'enroll_done')) if $where eq 'done';
    my $denied = Poterne::Refused->new($status, wait_seconds => $wait, clock_off_steps => $steps);
    my $language = $self->language($req);
    return (error => $where eq 'code' ? $denied->message_to_user($language)
        : $denied->refusal eq 'conflict' ? $self->word($req, 'account_changed_elsewhere') : $denied->message_at_enrollment($language));
}

# GET: the page. Without a password behind it, the portal's own first page.
sub _redirect {
    my ($self, $req) = @_;
    my ($session, $token) = $self->_restored($req);
    return [302, [Location => $self->conf->{portal}], []] if !$session || $self->_done($session);
    # A form may lead to the application, through a redirection.
    $req->urldc($session->{_2fUrldc});
    return eval { $self->_page($req, $session, $token, $self->_said($req, $session, $token)) } // $self->_failed($req);
}

# The page for the state that the person's rows are in: the code, or where nobody has enrolled, the QR code.
sub _page {
    my ($self, $req, $session, $token, %given) = @_;
    my $person = $self->person($session);
    return $self->code_page($req, $person, %given, params => $self->_form($req, $token)) if $self->devices($person);
    return $self->page($req, 'poternemessage', title => 'none_title', %given,
        params => { TEXT => $self->word($req, 'none_text'), AGAIN => $self->_cancel, AGAIN_TEXT => $self->word($req, 'code_other_user') })
        unless $self->self_registration->($req, $session);
    my $account = Poterne::row_of_person($person, 1);
    # Until its first code, a new credential is the portal's token's, not the table's.
    my $pending = $session->{_poternePending};
    if (!$pending) {
        $pending = $self->verifier->enroll($account);
        $self->ott->updateToken($token, _poternePending => $pending);
    }
    return $self->enroll_page($req, $person, $account, $pending, %given, params => { %{ $self->_form($req, $token) }, STEP => 'confirm' });
}

sub _form {
    my ($self, $req, $token) = @_;
    return {
        TAB    => $self->_tab($token),
        TARGET => '/' . $self->prefix . '2fcheck',
        CANCEL => $self->_cancel,
        (map { uc $_ => scalar $req->param($_) } grep { $req->param($_) } qw(checkLogins)),
    };
}

sub _cancel { return $_[0]->conf->{portal} . '?cancel=1' }

# The second request.
sub _verify {
    my ($self, $req) = @_;
    my ($session, $token, $ticket) = $self->_restored($req) or return $self->_late($req);
    $req->urldc($session->{_2fUrldc});
    my $step = scalar($req->param('step')) // '';
    return eval { $step eq 'confirm' ? $self->_confirm($req, $session, $token) : $self->_code($req, $session, $token, $ticket) } // $self->_failed($req);
}

# The token that this browser has, with the session behind it, and the ticket; nothing if one of them is missing, late or another's.
sub _restored {
    my ($self, $req) = @_;
    my $tab = scalar($req->param('tab')) // '';
    my ($ticket, $token) = ($req->cookies->{ 'poterne' . ($tab =~ /\A[0-9a-f]{16}\z/ ? $tab : '') } // '') =~ /\A([0-9A-Z]{1,128})\.([0-9A-Za-z_-]{1,128})\z/
        or return;
    my $session = $self->ott->getToken($token, 1) or return;
    return unless $session->{_2fRealSession} && ($session->{_poterneTicket} // '') eq $self->bound_to($ticket) && ($session->{tokenTimeoutTimestamp} // 0) > time
        && !$self->_is_late($session);
    return ($session, $token, $ticket);
}

sub _code {
    my ($self, $req, $session, $token, $ticket) = @_;
    my $code = $self->typed($req);
    my $mark = $self->bound_to($ticket, $code);
    if (my $done = $self->_done($session)) {
        return $self->_accept($req, $session, $token) if $self->_is_again($done, $mark);
        return [302, [Location => $self->conf->{portal}], []];
    }
    # Every try stays in the token.
    my $tries = grep { /\A_poterneTry/ } keys %$session;
    return $self->_late($req) if $tries >= MOST_TRIES;
    # So that another click on the same form sees this one.
    my $try = '_poterneTry' . unpack 'H16', Crypt::URandom::urandom(8);
    $self->ott->updateToken($token, $try => time . ":$mark");
    my $person = $self->person($session);
    my ($accepted, $denied) = $self->tried(sub {
            $self->verifier->login($self->table, $self->device($req, $person), $code, ticket => [$ticket, PURPOSE, $token]);
        });
    if ($accepted) {
        $self->ott->updateToken($session->{_poterneAccepted}, _poterneDone => time . ":$mark");
        return $self->_with_notice($req, $self->_accept($req, $session, $token), $self->_notices($req, $accepted));
    }
    return $self->_accept($req, $session, $token)
        if !$denied->isa('Poterne::Error') && $denied->refusal eq 'replayed' && $tries < CLICKS && $self->_was_accepted($session, $mark);
    # Nobody waits for this one any more.
    $self->ott->updateToken($token, $try => '');
    return $self->unavailable($req, $denied) if $denied->isa('Poterne::Error');
    return $self->_late($req) if $denied->refusal eq 'ticket';
    return $self->_say($token, $denied, 'code');
}

# The portal goes on as behind every second factor. It takes the token away; ours stays for a second click, so it gets a copy.
sub _accept {
    my ($self, $req, $session, $token) = @_;
    my %copy = map { $_ => $session->{$_} } grep { !/\A_poterne/ } keys %$session;
    local $self->{ott} = Lemonldap::NG::Portal::2F::Poterne::Once->new(\%copy);
    $req->set_param(token => $token);
    $req->data->{poterneAccepted} = $token;
    return $self->SUPER::_verify($req);
}

# Asked by the portal: accepted, if this request's code was.
sub verify {
    my ($self, $req, $session) = @_;
    my $accepted = $req->data->{poterneAccepted} // return PE_BADOTP;
    return $accepted eq (scalar($req->param('token')) // '') ? PE_OK : PE_BADOTP;
}

sub name_context {
    my ($self, $req, $login) = @_;
    my $context = $self->conf->{poterneAuthnContext} or return PE_OK;
    return PE_OK unless ($req->sessionInfo->{_2f} // $req->userData->{_2f} // '') eq $self->prefix;
    my @assertions = $login->response->Assertion();
    my @statements = $assertions[0]->AuthnStatement();
    $statements[0]->AuthnContext->AuthnContextClassRef($context);
    $assertions[0]->AuthnStatement(@statements);
    $login->response->Assertion(@assertions);
    return PE_OK;
}

sub _is_again {
    my ($self, $done, $mark) = @_;
    my ($when, $accepted) = split /:/, $done;
    return $accepted eq $mark && time - $when < AGAIN_SECONDS;
}

# When a code was accepted behind this password, and the mark of its form.
sub _done {
    my ($self, $session) = @_;
    my $accepted = $self->ott->getToken($session->{_poterneAccepted}, 1) or return;
    return $accepted->{_poterneDone};
}

# Whether another click was accepted with this code. It may still be on its way.
sub _was_accepted {
    my ($self, $session, $mark) = @_;
    for (1 .. 20) {
        my $done = $self->_done($session);
        return $self->_is_again($done, $mark) if $done;
        select undef, undef, undef, 0.1;
    }
    return 0;
}

# The first code of a new credential. Once it is right, the record gets its row.
sub _confirm {
    my ($self, $req, $session, $token) = @_;
    my $person = $self->person($session);
    my $form = $self->_form($req, $token);
    my $pending = $session->{_poternePending};
    if ($self->devices($person)) {
        # Sent again behind the recovery codes, or somebody else was quicker: another tab, the help desk.
        return $self->gone_page($req, params => $form) if defined $pending && $pending eq '';
        return $self->_say($token, Poterne::Refused->new(Poterne::Library::CONFLICT), 'enroll');
    }
    return $self->_see($token) unless $pending && $self->self_registration->($req, $session);
    my $account = Poterne::row_of_person($person, 1);
    my ($done, $denied) = $self->tried(sub {
            my $attempt = $self->verifier->confirm_attempt($pending, $account, $self->typed($req));
            return $attempt->outcome(0) unless $attempt->changed;
            my $is_confirmed = $self->verifier->inspect($attempt->record, $account)->{state} ne 'pending';
            return $attempt->outcome($self->table->swap($account, undef, $attempt->record)) if $is_confirmed;
            # A wrong code counts.
            $self->ott->updateToken($token, _poternePending => $session->{_poternePending} = $attempt->record);
            return $attempt->outcome(1);
        });
    if ($done) {
        $self->ott->updateToken($token, _poterneSaid => 'done');
        $self->ott->updateToken($token, _poternePending => '');
        return $done->codes ? $self->recovery_page($req, $done, params => $form) : $self->_see($token);
    }
    return $self->unavailable($req, $denied) if $denied->isa('Poterne::Error');
    return $self->_say($token, $denied, 'enroll');
}

# What the user is told once.
sub _notices {
    my ($self, $req, $accepted) = @_;
    my @texts;
    push @texts, $self->word($req, 'failures_text', $accepted->failures_before) if $accepted->failures_before;
    push @texts, $self->word($req, 'recovery_left', $accepted->recovery_codes_left) if $accepted->method eq 'recovery_code';
    return join ' ', @texts;
}

# Says it on a page of its own, before the one that the portal goes on to. Where that is a form, as SAML's, the own page says it.
sub _with_notice {
    my ($self, $req, $response, $notice) = @_;
    return $response if $notice eq '';
    my (%headers, @cookies);
    my @given = @{ $response->[1] };
    while (my ($name, $value) = splice @given, 0, 2) {
        $name eq 'Set-Cookie' ? push @cookies, $value : ($headers{$name} = $value);
    }
    if ($response->[0] == 302) {
        return $self->page($req, 'poternemessage', title => 'account_title', notice => $notice, cookies => \@cookies,
            params => { AGAIN => $headers{Location}, AGAIN_TEXT => $self->word($req, 'account_continue') });
    }
    utf8::encode($notice);
    $self->p->updateSession($req, { _poterneNotice => $notice });
    return $response;
}

sub _late {
    my ($self, $req) = @_;
    return $self->page($req, 'poternemessage', title => 'code_title', error => $self->word($req, 'late_text'),
        params => { AGAIN => $self->conf->{portal}, AGAIN_TEXT => $self->word($req, 'code_submit') });
}

sub _failed {
    my ($self, $req) = @_;
    my $failure = $@;
    my (undef, $denied) = $self->tried(sub { die $failure });
    $self->logger->error('poterne: a fault of the plugin: ' . $failure =~ s/ at .*//sr) unless ref $failure;
    return $self->unavailable($req, $denied->isa('Poterne::Error') ? $denied : Poterne::Error->new(-19));
}

# --- The cookie. Each token has its own, so that two tabs do not disturb each other.

sub bound_to { my ($self, @of) = @_; return Lemonldap::NG::Portal::Lib::Poterne::bound(map { my $c = $_; utf8::encode($c); $c } @of) }

sub _tab { return substr $_[0]->bound_to($_[1]), 0, 16 }

sub _cookie {
    my ($self, $token, $value, $seconds) = @_;
    return $self->p->cookie(name => 'poterne' . $self->_tab($token), value => $value, secure => $self->conf->{securedCookie} ? 1 : 0,
        # Not Strict: behind Kerberos or a certificate there is no form of ours between the application and the page.
        HttpOnly => 1, SameSite => 'Lax', max_age => $seconds);
}

package Lemonldap::NG::Portal::2F::Poterne::Once;

# In the place of the portal's tokens: the session of one token, once.
sub new { return bless { session => $_[1] }, $_[0] }

sub getToken { return delete $_[0]{session} }

1;
