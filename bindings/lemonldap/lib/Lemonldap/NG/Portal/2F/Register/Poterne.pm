# The page of the user's own devices, /poterne: a new phone, new recovery codes. Both ask for a code first.
package Lemonldap::NG::Portal::2F::Register::Poterne;

use strict;
use warnings;
use Mouse;
use Poterne;

our $VERSION = '0.1.0';

extends 'Lemonldap::NG::Portal::2F::Register::Base';
with 'Lemonldap::NG::Portal::Lib::Poterne';

has prefix   => (is => 'ro', default => 'poterne');
has logo     => (is => 'rw', default => 'totp.png');
has template => (is => 'ro', default => 'poterne2fregister');
has welcome  => (is => 'ro', default => '');

# A form that is open: which page it belongs to, and the records of a new phone.
has forms => (is => 'rw', lazy => 1, default => sub {
        my ($self) = @_;
        my $forms = $self->p->loadModule('Lemonldap::NG::Portal::Lib::OneTimeToken');
        $forms->timeout(900);
        return $forms;
    }
);

# The recovery codes that are made where the policy issues none at a confirmation.
use constant SOME_CODES => 8;

sub init {
    my ($self) = @_;
    $self->starts or return 0;
    $self->addAuthRouteWithRedirect(poterne => 'own_page', ['GET']);
    $self->addAuthRoute(poterne => 'change', ['POST']);
    return $self->SUPER::init();
}

# The portal's own 2F manager sends its forms here; ours go to /poterne.
sub run {
    my ($self, $req) = @_;
    return $self->p->sendError($req, 'unknownAction', 400);
}

sub own_page {
    my ($self, $req) = @_;
    return $self->_not_oneself($req) if $self->_is_another($req);
    my $do = scalar($req->param('do')) // '';
    return eval { $do eq 'phone' || $do eq 'recovery' ? $self->_ask($req, $do) : $self->_account($req) } // $self->_failed($req);
}

# Whether somebody is in another person's place, by the portal's Impersonation or ContextSwitching.
sub _is_another { return $_[0]->p->_sfEngine->canUpdateSfa($_[1]) }

# The portal's own page. Its `lmError` answers 200, and takes the form's code for the number of the error.
sub _not_oneself {
    my ($self, $req) = @_;
    my $conf = $self->conf;
    my $response = $self->p->sendHtml($req, 'error',
        params => { ERROR403 => 1, MAIN_LOGO => $conf->{portalMainLogo}, LANGS => $conf->{showLanguages}, LOGOUT_URL => "$conf->{portal}?logout=1" });
    $response->[0] = 403;
    return $response;
}

sub change {
    my ($self, $req) = @_;
    return $self->_not_oneself($req) if $self->_is_another($req);
    return eval {
        my ($form, $id) = $self->_form($req);
            !$form                     ? $self->_account($req, error => $self->word($req, 'account_changed_elsewhere'))
          : $form->{_do} eq 'recovery' ? $self->_recovery($req, $form, $id)
          : $form->{_do} eq 'phone'    ? $self->_phone($req, $form, $id)
          :                              $self->_confirm($req, $form, $id);
    } // $self->_failed($req);
}

sub _account {
    my ($self, $req, %given) = @_;
    my @devices = $self->usable($self->person($req->userData));
    if (defined(my $notice = $req->userData->{_poterneNotice})) {
        utf8::decode($notice);
        $given{notice} //= $notice;
        $self->p->updateSession($req, { _poterneNotice => undef });
    }
    return $self->page($req, 'poterneaccount', title => 'account_title', %given, params => { NONE => $self->word($req, 'none_text'), BACK => $self->conf->{portal} })
        unless @devices;
    my $found = $self->verifier->inspect($devices[0][2], $devices[0][1]);
    my %state = (pending => 'account_pending', suspended => 'account_suspended');
    return $self->page($req, 'poterneaccount', title => 'account_title', %given, params => {
        STATE => $self->word($req, $state{ $found->{state} } // 'account_active'),
        LEFT  => $self->word($req, 'recovery_left', $found->{recovery_codes_left}),
        BACK  => $self->conf->{portal},
    });
}

# A code of the device in use, before anything changes.
sub _ask {
    my ($self, $req, $do, %given) = @_;
    my $id = $given{id} // $self->_new_form($req, _do => $do);
    my %texts = $do eq 'phone' ? (TEXT => 'replace_text', SUBMIT => 'replace_start') : (TEXT => 'recovery_new_text', SUBMIT => 'recovery_new');
    return $self->code_page($req, $self->person($req->userData), template => 'poterneask', title => $do eq 'phone' ? 'replace_title' : 'recovery_title', %given,
        params => { FORM => $id, BACK => '/poterne', map { $_ => $self->word($req, $texts{$_}) } keys %texts });
}

# The code that was asked for: a Poterne::Accepted, or the page that says no.
sub _accepted {
    my ($self, $req, $form, $id) = @_;
    my $account = $self->device($req, $self->person($req->userData));
    my ($accepted, $denied) = $self->tried(sub { $self->verifier->login($self->table, $account, $self->typed($req)) });
    return ($accepted, $account) if $accepted;
    return (undef, $self->unavailable($req, $denied, '/poterne')) if $denied->isa('Poterne::Error');
    return (undef, $self->_ask($req, $form->{_do}, id => $id, error => $denied->message_to_user($self->language($req))));
}

sub _recovery {
    my ($self, $req, $form, $id) = @_;
    return $self->gone_page($req, params => { BACK => '/poterne' }) if $form->{_done};
    my ($accepted, $account) = $self->_accepted($req, $form, $id);
    return $account unless $accepted;
    my ($done, $denied) = $self->tried(sub {
            $self->verifier->recovery_codes($self->table, $account, $self->verifier->get('recovery_codes') || SOME_CODES);
        });
    if (!$done) {
        return $self->unavailable($req, $denied, '/poterne') if $denied->isa('Poterne::Error');
        return $self->_account($req, error => $self->word($req, 'account_changed_elsewhere'));
    }
    $self->_close($id);
    return $self->recovery_page($req, $done, params => { BACK => '/poterne' });
}

sub _phone {
    my ($self, $req, $form, $id) = @_;
    return $self->_account($req, error => $self->word($req, 'account_changed_elsewhere')) if $form->{_done};
    my ($accepted, $account) = $self->_accepted($req, $form, $id);
    return $account unless $accepted;
    $self->_close($id);
    # The old record as it is now: a suspension in between stops the replacement (norm, 8.9).
    my %kept = (_account => $account, _old => $self->table->load($account), _pending => $self->verifier->enroll($account));
    return $self->_scan($req, \%kept, $self->_new_form($req, _do => 'confirm', %kept));
}

sub _scan {
    my ($self, $req, $form, $id, %given) = @_;
    return $self->enroll_page($req, $self->person($req->userData), $form->{_account}, $form->{_pending}, title => 'replace_title', %given,
        params => { FORM => $id, TARGET => '/poterne', CANCEL => '/poterne', TEXT => $self->word($req, 'replace_text') });
}

sub _confirm {
    my ($self, $req, $form, $id) = @_;
    return $self->gone_page($req, params => { BACK => '/poterne' }) if $form->{_done};
    my ($done, $denied) = $self->tried(sub {
            $self->verifier->replace($self->table, $form->{_account}, $self->typed($req), old => $form->{_old}, pending => $form->{_pending});
        });
    if ($done) {
        $self->_close($id);
        my $notice = $self->word($req, 'replace_done');
        return $done->codes
            ? $self->recovery_page($req, $done, notice => $notice, params => { BACK => '/poterne' })
            : $self->_account($req, notice => $notice);
    }
    return $self->unavailable($req, $denied, '/poterne') if $denied->isa('Poterne::Error');
    return $self->_account($req, error => $self->word($req, 'account_changed_elsewhere')) if $denied->refusal =~ /\A(?:conflict|revoked|not_pending)\z/;
    return $self->_scan($req, $form, $id, error => $denied->message_at_enrollment($self->language($req)));
}

sub _failed {
    my ($self, $req) = @_;
    my $failure = $@;
    my (undef, $denied) = $self->tried(sub { die $failure });
    $self->logger->error('poterne: a fault of the plugin: ' . $failure =~ s/ at .*//sr) unless ref $failure;
    return $self->unavailable($req, $denied->isa('Poterne::Error') ? $denied : Poterne::Error->new(-19), '/poterne');
}

# --- Forms: of this session alone, which is the protection against forgery. A form that is done does nothing more.

sub _new_form {
    my ($self, $req, %kept) = @_;
    my $token = $self->forms->createToken({ %kept, _type => 'poterne' });
    return "$token." . $self->_key($req, $token);
}

sub _form {
    my ($self, $req) = @_;
    my $id = scalar($req->param('form')) // '';
    my ($token, $key) = $id =~ /\A([0-9A-Za-z_-]{1,128})\.([0-9a-f]{64})\z/ or return;
    return unless $key eq $self->_key($req, $token);
    my $form = $self->forms->getToken($token, 1);
    return unless $form && $form->{_do};
    return ($form, $id);
}

sub _close {
    my ($self, $id) = @_;
    $self->forms->updateToken((split /\./, $id)[0], _done => 1);
    return;
}

sub _key { return Lemonldap::NG::Portal::Lib::Poterne::bound($_[2], $_[1]->userData->{_session_id}) }

1;
