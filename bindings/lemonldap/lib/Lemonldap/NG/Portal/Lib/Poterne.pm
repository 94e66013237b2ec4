# What the second factor and the page of the user's own devices share: the settings, the words, the pages, the errors.
package Lemonldap::NG::Portal::Lib::Poterne;

use strict;
use warnings;
use Mouse::Role;
use Digest::SHA qw(sha256_hex);
use File::Basename qw(dirname);
use JSON qw(from_json);
use MIME::Base64 qw(encode_base64);
use Poterne::Settings;
use Scalar::Util qw(blessed);

our $VERSION = '0.1.0';

# One for each settings file and process: the portal makes two plugins.
my %services;

# Each thread makes its own.
sub CLONE { %services = () }

# The verifier, the table and the settings. Dies of a text for the portal's log.
sub service {
    my ($self) = @_;
    my $path = $self->conf->{poterneSettings} || '/etc/poterne/poterne.conf';
    return $services{$path} //= do {
        my $settings = Poterne::Settings->read($path);
        my ($verifier, $table) = ($settings->verifier, $settings->column);
        $self->_prove($verifier, $table);
        { settings => $settings, verifier => $verifier, table => $table };
    };
}

# The account of the check: no user has a space in the name, and its record is revoked.
use constant CHECK_ACCOUNT => 'poterne check';

# Proves that the table swaps, compares, commits and keeps (norm, 7.9). A table that is wrong is an error; a database that does not
# answer now may answer later, and no page lets anybody in before.
sub _prove {
    my ($self, $verifier, $table) = @_;
    my $is_proven = eval {
        if (($table->load(CHECK_ACCOUNT) // '') !~ /[^ ]/ && $table->swap(CHECK_ACCOUNT, undef, $verifier->enroll(CHECK_ACCOUNT))) {
            $verifier->revoke($table, CHECK_ACCOUNT);
        }
        $table->check($verifier, CHECK_ACCOUNT);
    };
    my $denied = $@;
    # The workers open their own.
    $table->disconnect;
    return if $is_proven;
    die $denied unless blessed $denied && $denied->isa('Poterne::Denied');
    my $reason = $denied->isa('Poterne::Error') && $denied->reason // '';
    my $said = join ' ', grep { length } $denied->code, $reason;
    # SQLSTATE 42: no such table or column, no right to it. S1: DBD::SQLite, which has no other.
    die "$said: the table is not as it must be\n" unless $denied->isa('Poterne::Refused') || $denied->kind eq 'store' && $reason !~ /\ASQLSTATE (?:42|S1)/;
    # Other nodes that start now write the same record, and one of them proves it.
    $self->logger->error("poterne: $said: the table is not proven");
    return;
}

sub verifier { return $_[0]->service->{verifier} }

sub table { return $_[0]->service->{table} }

# Whether the service can be had; a plugin that cannot says so at the portal's start, and the portal answers 500.
sub starts {
    my ($self) = @_;
    return 1 if eval { $self->_settles; $self->service };
    $self->logger->error("poterne: $@");
    return 0;
}

# What the user typed, in the portal's own names: one person could be two accounts.
my %typed = map { $_ => 1 } qw(user _user _whatToTrace);

sub _settles {
    my ($self) = @_;
    # SOAP's getCookies leaves a session in the store, under an identifier of the caller's choice, before any second factor.
    die "soapSessionServer opens sessions by the password alone: switch it off\n" if $self->conf->{soapSessionServer};
    my $account = $self->conf->{poterne2fAccount} // '';
    die "poterne2fAccount is missing: name an attribute that the directory gives\n" if $account eq '';
    die "poterne2fAccount is $account, which holds what the user typed: name an attribute that the directory gives\n" if $typed{$account};
    return;
}

# Whose code it is: the session's attribute `poterne2fAccount`, as the portal found it by the password. Characters.
sub person {
    my ($self, $session) = @_;
    my $person = $session->{ $self->conf->{poterne2fAccount} };
    return '' unless defined $person && !ref $person;
    return characters($person);
}

# The portal keeps bytes, and its sessions take each byte for a character. What is no UTF-8 as bytes was characters already.
sub characters {
    my ($text) = @_;
    my $bytes = $text;
    return $text unless utf8::downgrade($bytes, 1);
    return utf8::decode($bytes) ? $bytes : $text;
}

# The rows of a person that have a record: [row, account, record].
sub devices {
    my ($self, $person) = @_;
    my @devices;
    for my $row (1 .. 3) {
        my $account = Poterne::row_of_person($person, $row);
        my $record  = $self->table->load($account);
        push @devices, [$row, $account, $record] if defined $record && $record =~ /[^ ]/;
    }
    return @devices;
}

# Those of them that may get in: a revoked one is nobody's device. One that does not open stays, so that its code says why.
sub usable {
    my ($self, $person) = @_;
    return grep { my (undef, $account, $record) = @$_; (eval { $self->verifier->inspect($record, $account)->{state} } // '') ne 'revoked' } $self->devices($person);
}

# The one that the form names, or the first.
sub device {
    my ($self, $req, $person) = @_;
    my $row = scalar($req->param('device')) // '';
    return Poterne::row_of_person($person, $row =~ /\A[123]\z/ ? $row : $self->first_row($person));
}

sub first_row {
    my ($self, $person) = @_;
    my ($first) = $self->usable($person);
    return $first ? $first->[0] : 1;
}

# What the user typed, as characters. Bytes that are no text stay as they are: no code has them.
sub typed {
    my ($self, $req) = @_;
    return characters(scalar($req->param('code')) // '');
}

# Does something that gives a verdict: its result, or undef and why. Only the outcome's code reaches the log.
sub tried {
    my ($self, $call) = @_;
    my $result = eval { $call->() };
    if ($result) {
        $self->logger->notice('poterne: ' . $result->code);
        return ($result);
    }
    my $denied = $@;
    $denied = Poterne::Error->new(-99) unless blessed $denied && $denied->isa('Poterne::Denied');
    my $is_error = $denied->isa('Poterne::Error');
    my $reason = $is_error && $denied->reason ? ' ' . $denied->reason : '';
    $is_error ? $self->logger->error("poterne: $denied$reason") : $self->logger->notice("poterne: $denied");
    return (undef, $denied);
}

# --- Words

# The language of the page: the portal's cookie, the browser's wish, or the settings'.
sub language {
    my ($self, $req) = @_;
    my $chosen = $req->cookies->{llnglanguage} // '';
    return $chosen if $chosen =~ /\A(?:en|fr)\z/;
    my %wish = map { /\A\s*([A-Za-z]{2})[^;]*(?:;\s*q=([0-9.]+))?/ ? (lc $1 => $2 // 1) : () } reverse split /,/, $req->env->{HTTP_ACCEPT_LANGUAGE} // '';
    my ($best) = sort { $wish{$b} <=> $wish{$a} || $a cmp $b } grep { /\A(?:en|fr)\z/ } keys %wish;
    return $best // ($self->service->{settings}->get('language') || 'en');
}

my %words;

sub words {
    my ($self, $language) = @_;
    return $words{$language} //= do {
        my ($path) = grep { -r } map { "$_/$language.json" } dirname(__FILE__) . '/Poterne', dirname(__FILE__) . '/../../../../../languages';
        open my $file, '<:raw', $path // die "poterne: the languages are not installed\n";
        from_json(do { local $/; <$file> }, { utf8 => 1 });
    };
}

sub word {
    my ($self, $req, $name, $count) = @_;
    my $word = $self->words($self->language($req))->{"poterne_$name"} // die "no text $name\n";
    $word =~ s/\{count\}/$count/ if defined $count;
    return $word;
}

# --- Pages

# A page. `title` names a text; `error` is text, and puts "Error" in front of the title.
sub page {
    my ($self, $req, $template, %given) = @_;
    my $language = $self->language($req);
    my $words    = $self->words($language);
    my $title    = $words->{ 'poterne_' . ($given{title} // 'code_title') };
    my %params   = (
        %$words, PLAIN_TITLE => $title, LANGUAGE => $language,
        PAGE_TITLE => defined $given{error} ? "$words->{poterne_error_title} - $title" : $title,
        ERROR => $given{error}, NOTICE => $given{notice}, %{ $given{params} // {} },
    );
    # The portal writes bytes.
    my @loops = grep { ref eq 'ARRAY' } values %params;
    for my $texts (\%params, map { @$_ } @loops) {
        for my $value (values %$texts) {
            utf8::encode($value) unless ref $value || !defined $value;
        }
    }
    my $response = $self->p->sendHtml($req, $template, params => \%params);
    $response->[0] = $given{status} // 200;
    my $headers = $response->[1];
    for my $at (grep { $_ % 2 == 0 } 0 .. $#$headers) {
        $headers->[ $at + 1 ] = 'text/html; charset=utf-8' if $headers->[$at] eq 'Content-Type';
    }
    push @$headers, 'Set-Cookie' => $_ for @{ $given{cookies} // [] };
    push @$headers, 'Referrer-Policy' => 'same-origin';
    return $response;
}

# An error is no verdict: 503, and the text of the library.
sub unavailable {
    my ($self, $req, $denied, $again) = @_;
    return $self->page($req, 'poternemessage', title => 'unavailable_title', status => 503, error => $denied->message_to_user($self->language($req)),
        params => { AGAIN => $again // $self->conf->{portal}, AGAIN_TEXT => $self->word($req, 'unavailable_again') });
}

# The page that asks for a code.
sub code_page {
    my ($self, $req, $person, %given) = @_;
    my @names = (undef, qw(first second third));
    my $chosen = scalar($req->param('device')) // '';
    my @devices = $self->usable($person);
    my ($default) = grep { $_->[0] eq $chosen } @devices;
    $default //= $devices[0];
    return $self->page($req, $given{template} // 'poternecode', %given, params => {
        %{ $given{params} // {} },
        DEVICE  => $default && $default->[0],
        DEVICES => @devices > 1
            ? [map { { ROW => $_->[0], ROW_TEXT => $self->word($req, "code_device_$names[$_->[0]]"), CHECKED => $_ == $default } } @devices]
            : [],
    });
}

# The page with the QR code of a pending record.
sub enroll_page {
    my ($self, $req, $person, $account, $record, %given) = @_;
    my $settings = $self->service->{settings};
    my $uri = $self->verifier->otpauth_uri($record, $account, issuer => $settings->get('issuer') // $settings->get('application'), label => $person);
    my $page = $self->page($req, 'poterneenroll', title => 'enroll_title', %given, params => {
        %{ $given{params} // {} },
        LINK => $uri,
        QR   => 'data:image/png;base64,' . encode_base64(Poterne::qr_png($uri), ''),
        KEY  => Poterne::secret_to_type($uri),
    });
    Poterne::wipe($uri);
    return $page;
}

# The recovery codes, shown now and never again.
sub recovery_page {
    my ($self, $req, $done, %given) = @_;
    return $self->page($req, 'poternerecovery', title => 'recovery_title', %given,
        params => { %{ $given{params} // {} }, CODES => [map { { CODE => "$_" } } $done->codes] });
}

# They have been shown.
sub gone_page {
    my ($self, $req, %given) = @_;
    return $self->page($req, 'poternerecovery', title => 'recovery_title', notice => $self->word($req, 'recovery_gone'), %given);
}

# A value that only this person's form has.
sub bound { return sha256_hex(join "\0", 'poterne', @_) }

1;
