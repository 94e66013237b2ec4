package Poterne::Verifier;

# Makes and checks the records of one application. Make one when the program starts.
#
# Calls that take a `store` load, swap and begin again after a conflict, three times in all; the others fill a Poterne::Attempt, for
# programs with a table of another kind. Every time is Unix seconds, `now` if it is left out.

use strict;
use warnings;

use FFI::Platypus::Buffer qw(scalar_to_pointer);
use Scalar::Util qw(blessed);

use Poterne::Attempt;
use Poterne::Library qw(call known new_handle text_of bytes_at wipe_and_free CONFLICT E_STORE NOW);

# The options of the policy by name, such as `max_failures => 10`. The library checks their bounds.
sub new {
    my ($class, $keyring, $application, %options) = @_;
    my $handle = new_handle('verifier_new', Poterne::Library::ABI, $keyring->handle, known($application));
    my $self = bless { handle => $handle }, $class;
    $self->set($_, $options{$_}) for sort keys %options;
    return $self;
}

sub set {
    my ($self, $option, $value) = @_;
    _ok(call('verifier_set', $self->{handle}, _option($option), $value));
    return $self;
}

sub get {
    my ($self, $option) = @_;
    my $value = 0;
    _ok(call('verifier_get', $self->{handle}, _option($option), \$value));
    return $value;
}

sub code_lifetime {
    my ($self, $authenticator, $time_step) = @_;
    my $seconds = 0;
    my $number = $Poterne::Library::AUTHENTICATORS{$authenticator} // 0;
    _ok(call('code_lifetime', $self->{handle}, $number, $time_step, \$seconds));
    return $seconds;
}

# --- A login

# Returns a Poterne::Accepted, and dies of a Poterne::Refused or a Poterne::Error. Call it once the password is right. With
# `ticket => [$ticket, $purpose, $context]` the ticket is checked first.
sub login {
    my ($self, $store, $account, $submitted, %options) = @_;
    my ($now, $ticket) = @options{qw(now ticket)};
    my $accepted = $self->_stored($store, $account, sub { $self->verify($_[0], $account, $submitted, $now, $ticket) });
    die Poterne::Error->new(-99) unless $accepted->isa('Poterne::Accepted');
    return $accepted;
}

sub verify {
    my ($self, $record, $account, $submitted, $now, $ticket) = @_;
    return $self->_attempt('verify', $record, $account, known($submitted // ''), $now // NOW) unless $ticket;
    my ($text, $purpose, $context) = @$ticket;
    my ($presented, $kept) = Poterne::Library::pointers('presented_ticket', $text // '', $purpose, \$context);
    return $self->_attempt('verify_with_ticket', $record, $account, $presented, known($submitted // ''), $now // NOW);
}

# The password of this account was right, at this time. Not a login. Bytes as context: data that the next request has too.
sub ticket { return shift->_ticket('ticket', @_) }

# A ticket that is never valid, for a wrong password where everybody is asked for a code.
sub dud_ticket { return shift->_ticket('dud_ticket', @_) }

sub _ticket {
    my ($self, $name, $account, $purpose, $context, $now) = @_;
    return text_of($Poterne::Library::SIZES{ticket}, $name, $self->{handle}, known($account), known($purpose), known(\$context), $now // NOW);
}

# --- Enrollment

# The first record of an account, pending, with a fresh secret. Store it: $store->swap($account, undef, $record).
sub enroll {
    my ($self, $account, %given) = @_;
    my $now = delete $given{now} // NOW;
    return $self->_record('enroll', $account, Poterne::Library::parameters(%given), $now);
}

sub enroll_token {
    my ($self, $account, $secret, %given) = @_;
    my $now = delete $given{now} // NOW;
    return $self->_record('enroll_token', $account, Poterne::Library::parameters(%given), known(\$secret), $now);
}

# Bring its counter or watermark along: `watermark`, `last_sync`, `drift`, `state`.
sub import_credential {
    my ($self, $account, $secret, %given) = @_;
    my $now = delete $given{now} // NOW;
    my %history = map { $_ => delete $given{$_} } grep { exists $given{$_} } qw(state watermark last_sync drift);
    return $self->_record('import', $account, Poterne::Library::parameters(%given), known(\$secret),
        Poterne::Library::existing_credential(%history), $now);
}

# The text of the QR code, with the secret: show it, and do not keep it.
sub otpauth_uri {
    my ($self, $record, $account, %names) = @_;
    my ($structure, $kept) = Poterne::Library::pointers('uri_names', @names{qw(issuer label)});
    return text_of($Poterne::Library::SIZES{uri}, 'otpauth_uri', $self->{handle}, known($record), known($account), $structure, $names{now} // NOW);
}

# The first code of an app. Not a login: Poterne::Done has the recovery codes.
sub confirm {
    my ($self, $store, $account, $submitted, $now) = @_;
    return $self->_stored($store, $account, sub { $self->confirm_attempt($_[0], $account, $submitted, $now) });
}

sub confirm_attempt {
    my ($self, $record, $account, $submitted, $now) = @_;
    return $self->_attempt('confirm', $record, $account, known($submitted // ''), $now // NOW);
}

# A new phone by its first code. `old` is the record of the day on which `pending` was enrolled, which the session has kept: it is
# tried once, and a change in between is a conflict (norm, 8.9).
sub replace {
    my ($self, $store, $account, $submitted, %records) = @_;
    my $attempt = $self->replace_attempt(@records{qw(old pending)}, $account, $submitted, $records{now});
    return $attempt->outcome($attempt->changed ? $store->swap($account, $records{old}, $attempt->record) : 0);
}

sub replace_attempt {
    my ($self, $old, $pending, $account, $submitted, $now) = @_;
    return Poterne::Attempt->new('replace', $self->{handle}, known($old), known($pending), known($account), known($submitted // ''), $now // NOW);
}

# --- Changes. Each is also an attempt: `unlock_attempt($record, $account)`.

my %changes = (
    unlock         => sub { () },
    suspend        => sub { () },
    resume         => sub { () },
    revoke         => sub { () },
    reseal         => sub { () },
    forget         => sub { $_[0] // NOW },
    repair_clock   => sub { $_[0] // NOW },
    recovery_codes => sub { $_[0] },
    end_codes      => sub { $Poterne::Library::CODES{ $_[0] } // 0 },
    resynchronize  => sub { known($_[0]), known($_[1]), $_[2] // NOW },
    temporary_code => sub {
        my (%given) = @_;
        ($given{expiry} // 0, $given{uses} // 0, $Poterne::Library::MISSING{ $given{missing} // '' } // 0, $given{now} // NOW);
    },
    rename => sub { known($_[0]) },
);
for my $name (keys %changes) {
    no strict 'refs';
    *{"${name}_attempt"} = sub {
        my ($self, $record, $account, @given) = @_;
        return $self->_attempt($name, $record, $account, $changes{$name}->(@given));
    };
    # A renamed record belongs in another row: rename_attempt alone.
    next if $name eq 'rename';
    *{$name} = sub {
        my ($self, $store, $account, @given) = @_;
        my $attempt = "${name}_attempt";
        return $self->_stored($store, $account, sub { $self->$attempt($_[0], $account, @given) });
    };
}

# What the help desk may know of a credential: a hash.
sub inspect {
    my ($self, $record, $account, $now) = @_;
    my $size = $Poterne::Library::SIZES{inspection};
    my $memory = Poterne::Library::new_structure('inspection');
    my $status = call('inspect', $self->{handle}, known($record), known($account), $now // NOW, $memory);
    my $bytes = bytes_at($memory, 0, $size);
    wipe_and_free($memory, $size);
    _ok($status);
    my %found;
    @found{ qw(size state authenticator moving_factor algorithm digits time_step failures t0 wait_seconds drift locked recovery_codes_left
            temporary_uses_left temporary_expiry not_before not_after confirm_by weak_secret key_id needs_reseal) } =
        unpack 'L8 Q2 l L3 q4 L3', $bytes;
    delete $found{size};
    $found{state}         = { reverse %Poterne::Library::STATES }->{ $found{state} };
    $found{authenticator} = { reverse %Poterne::Library::AUTHENTICATORS }->{ $found{authenticator} };
    return \%found;
}

# Checks that a store does what it must (norm, 7.9); `second` is another handle on the table, with a connection of its own. Dies of a
# Poterne::Error if the store is wrong, or of a Poterne::Refused, conflict, if others kept writing: nothing is proven.
sub check_store {
    my ($self, $account, @stores) = @_;
    my ($failure, @structures, @callbacks);
    for my $store (@stores[0, 1]) {
        my ($structure, $kept) = Poterne::Library::store(1 + @structures, $store, $account, \$failure);
        push @structures, $structure;
        push @callbacks, $kept;
    }
    my $status = call('check_store', $self->{handle}, map({ scalar_to_pointer($_) } @structures), known($account));
    die $failure if $status == E_STORE && blessed $failure && $failure->isa('Poterne::Error');
    die Poterne::Refused->new($status) if $status == CONFLICT;
    _ok($status);
    return 1;
}

# --- The loop

sub _stored {
    my ($self, $store, $account, $make) = @_;
    for my $try (1 .. 3) {
        my $loaded  = $store->load($account);
        my $attempt = $make->($loaded);
        my $rows    = $attempt->changed ? $store->swap($account, $loaded, $attempt->record) : 0;
        my $outcome = eval { $attempt->outcome($rows) };
        return $outcome if $outcome;
        my $denied = $@;
        die $denied unless $try < 3 && blessed $denied && $denied->isa('Poterne::Refused') && $denied->status == CONFLICT;
    }
    return;
}

sub _attempt {
    my ($self, $name, $record, $account, @given) = @_;
    return Poterne::Attempt->new($name, $self->{handle}, known($record), known($account), @given);
}

sub _record {
    my ($self, $name, $account, @given) = @_;
    return text_of($Poterne::Library::SIZES{record}, $name, $self->{handle}, known($account), @given);
}

sub _option {
    my ($name) = @_;
    return $Poterne::Library::OPTIONS{$name} // die "$name: no option of the policy\n";
}

sub _ok {
    my ($status) = @_;
    die Poterne::Error->new($status) if $status != 0;
    return;
}

# A thread has no copy: the handle would be freed twice.
sub CLONE_SKIP { return 1 }

sub DESTROY {
    my ($self) = @_;
    # At the program's end the library's functions are gone, in any order, and the memory with them.
    return if ${^GLOBAL_PHASE} eq 'DESTRUCT';
    call('verifier_free', delete $self->{handle}) if $self->{handle};
    return;
}

1;
