# The code behind the password.
#
# Between the two is the portal's own token session, which says whose password was right. A ticket in a cookie binds it to the
# browser and to the ticket's time. The session's cookie is set once the code is accepted, not before.
package Lemonldap::NG::Portal::2F::Poterne;

use strict;
use warnings;
use Mouse;
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

# A second submission of the accepted code, as of a double click, gets the first one's answer for so long.
use constant AGAIN_SECONDS => 10;

use constant PURPOSE => 'lemonldap-ng';

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

# The password was right: the page that asks for the code.
sub run {
    my ($self, $req, $token) = @_;
    my $response = eval { $self->_first_page($req, $req->sessionInfo, $token) } // $self->_failed($req);
    $req->response($response);
    return PE_SENDRESPONSE;
}

sub _first_page {
    my ($self, $req, $session, $token) = @_;
    my $person = $self->person($session);
    my $ticket = $self->verifier->ticket($person, PURPOSE, $token);
    $self->ott->updateToken($token, _poterneTicket => $self->bound_to($ticket));
    return $self->_page($req, $session, $token, cookies => [$self->_cookie($token, $ticket, $self->verifier->get('ticket_seconds'))]);
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
    if (!defined $pending) {
        $pending = $self->verifier->enroll($account);
        $self->ott->updateToken($token, _poternePending => $pending);
    }
    return $self->enroll_page($req, $person, $account, $pending, %given, params => { %{ $self->_form($req, $token) }, STEP => 'confirm' });
}

sub _form {
    my ($self, $req, $token) = @_;
    return {
        TOKEN  => $token,
        TARGET => '/' . $self->prefix . '2fcheck',
        CANCEL => $self->_cancel,
        (map { uc $_ => scalar $req->param($_) } grep { $req->param($_) } qw(checkLogins)),
    };
}

sub _cancel { return $_[0]->conf->{portal} . '?cancel=1' }

# The second request.
sub _verify {
    my ($self, $req) = @_;
    my $token = scalar($req->param('token')) // '';
    # As the portal makes them; a token is part of a file's name.
    my $session = $token =~ /\A[0-9A-Za-z_-]{1,128}\z/ ? $self->ott->getToken($token, 1) : undef;
    my $ticket = $self->_ticket($req, $token);
    return $self->_late($req)
        unless $session && $session->{_2fRealSession} && $session->{_poterneTicket}
        && ($session->{tokenTimeoutTimestamp} // 0) > time && $session->{_poterneTicket} eq $self->bound_to($ticket);
    my $step = scalar($req->param('step')) // '';
    my $response = eval {
            $step eq 'confirm' ? $self->_confirm($req, $session, $token)
          : $step eq 'kept'    ? $self->_page($req, $session, $token, notice => $self->word($req, 'enroll_done'))
          :                      $self->_code($req, $session, $token, $ticket);
    };
    return $response // $self->_failed($req);
}

sub _code {
    my ($self, $req, $session, $token, $ticket) = @_;
    my $code = $self->typed($req);
    my $mark = $self->bound_to($ticket, $code);
    if (my $done = $session->{_poterneDone}) {
        return $self->_accept($req, $session, $token) if $self->_is_again($done, $mark);
        return [302, [Location => $self->conf->{portal}], []];
    }
    my $is_second = ($session->{_poterneTrying} // '') eq $mark;
    $self->ott->updateToken($token, _poterneTrying => $mark);
    my $person = $self->person($session);
    my ($accepted, $denied) = $self->tried(sub {
            $self->verifier->login($self->table, $self->device($req, $person), $code, ticket => [$ticket, PURPOSE, $token]);
        });
    if ($accepted) {
        $self->ott->updateToken($token, _poterneDone => time . ":$mark");
        return $self->_with_notice($req, $self->_accept($req, $session, $token), $self->_notices($req, $accepted));
    }
    return $self->unavailable($req, $denied) if $denied->isa('Poterne::Error');
    return $self->_late($req) if $denied->refusal eq 'ticket';
    return $self->_accept($req, $session, $token)
        if $is_second && $denied->refusal eq 'replayed' && $self->_was_accepted($token, $mark);
    return $self->_page($req, $session, $token, error => $denied->message_to_user($self->language($req)));
}

# The portal goes on as behind every second factor, with a token of its own; ours stays for a second click.
sub _accept {
    my ($self, $req, $session, $token) = @_;
    my %copy = map { $_ => $session->{$_} } grep { !/\A_poterne/ } keys %$session;
    my $copy = $self->ott->createToken(\%copy);
    $req->set_param(token => $copy);
    $req->data->{poterneAccepted} = $copy;
    return $self->SUPER::_verify($req);
}

# Asked by the portal: accepted, if this request's code was.
sub verify {
    my ($self, $req, $session) = @_;
    my $accepted = $req->data->{poterneAccepted} // return PE_BADOTP;
    return $accepted eq (scalar($req->param('token')) // '') ? PE_OK : PE_BADOTP;
}

sub _is_again {
    my ($self, $done, $mark) = @_;
    my ($when, $accepted) = split /:/, $done;
    return $accepted eq $mark && time - $when < AGAIN_SECONDS;
}

# The first click is still on its way.
sub _was_accepted {
    my ($self, $token, $mark) = @_;
    for (1 .. 20) {
        my $session = $self->ott->getToken($token, 1) or return 0;
        return $self->_is_again($session->{_poterneDone}, $mark) if $session->{_poterneDone};
        select undef, undef, undef, 0.1;
    }
    return 0;
}

# The first code of a new credential. Once it is right, the record gets its row.
sub _confirm {
    my ($self, $req, $session, $token) = @_;
    my $person = $self->person($session);
    my $form = { %{ $self->_form($req, $token) }, STEP => 'kept' };
    return $self->gone_page($req, params => $form) if $self->devices($person);
    my $pending = $session->{_poternePending};
    return $self->_page($req, $session, $token) unless defined $pending && $self->self_registration->($req, $session);
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
        return $self->recovery_page($req, $done, params => $form) if $done->codes;
        return $self->_page($req, $session, $token, notice => $self->word($req, 'enroll_done'));
    }
    return $self->unavailable($req, $denied) if $denied->isa('Poterne::Error');
    return $self->_page($req, $session, $token, error => $self->word($req, 'account_changed_elsewhere')) if $denied->refusal eq 'conflict';
    return $self->_page($req, $session, $token, error => $denied->message_at_enrollment($self->language($req)));
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
            params => { AGAIN => $headers{Location}, AGAIN_TEXT => $self->word($req, 'enroll_submit') });
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

# --- The ticket's cookie. Each token has its own, so that two tabs do not disturb each other.

sub bound_to { my ($self, @of) = @_; return Lemonldap::NG::Portal::Lib::Poterne::bound(map { my $c = $_; utf8::encode($c); $c } @of) }

sub _cookie_name { return 'poterne' . substr $_[0]->bound_to($_[1]), 0, 16 }

sub _cookie {
    my ($self, $token, $ticket, $seconds) = @_;
    return $self->p->cookie(name => $self->_cookie_name($token), value => $ticket, secure => $self->conf->{securedCookie} ? 1 : 0,
        HttpOnly => 1, SameSite => 'Strict', max_age => $seconds);
}

sub _ticket {
    my ($self, $req, $token) = @_;
    my $ticket = $req->cookies->{ $self->_cookie_name($token) } // '';
    return $ticket =~ /\A[0-9A-Z]{1,128}\z/ ? $ticket : '';
}

1;
