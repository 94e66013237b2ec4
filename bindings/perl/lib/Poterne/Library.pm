package Poterne::Library;

# The functions of libpoterne.so.1 by FFI::Platypus, and how texts and structures get to them and back.

use strict;
use warnings;
use Exporter 'import';
use FFI::Platypus 2.00;
use FFI::Platypus::Buffer qw(buffer_to_scalar scalar_to_pointer);
use FFI::Platypus::Memory qw(calloc free);

our @EXPORT_OK = qw(call known text_of new_handle new_memory wipe_and_free bytes_at E_ARGUMENT E_STORE OK STORE CONFLICT CONFIRMED NOW);

# Frozen numbers of the header; t/header.t compares them.
use constant {
    OK         => 0,
    CONFLICT   => 12,
    STORE      => 101,
    CONFIRMED  => 103,
    E_ARGUMENT => -1,
    E_BUFFER   => -3,
    E_STORE    => -19,
    NOW        => -9223372036854775807 - 1,
    ABI        => 1,
};

our %OPTIONS = (
    app_steps_backward     => 1,
    app_steps_forward      => 2,
    token_steps_backward   => 3,
    token_steps_forward    => 4,
    look_ahead             => 5,
    max_failures           => 6,
    max_drift              => 7,
    resync_look_ahead      => 8,
    recovery_codes         => 9,
    confirm_at_first_login => 10,
    allow_short_secret     => 11,
    allow_incompatible     => 12,
    confirm_within_days    => 13,
    ticket_seconds         => 14,
);

our %DATABASES = (
    Pg => 1, MariaDB => 2, mysql => 2, SQLite => 3, Oracle => 4, DB2 => 6, Firebird => 7,
);

our %AUTHENTICATORS = (app => 1, token => 2);
our %FACTORS        = (counter => 1, time => 2);
our %ALGORITHMS     = (SHA1 => 1, SHA256 => 2, SHA512 => 3);
our %STATES         = (pending => 0, active => 1, suspended => 2, revoked => 3);
our %METHODS        = (otp => 1, recovery_code => 2, temporary_code => 3);
our %MISSING        = (keep => 1, suspend => 2);
our %CODES          = (recovery => 1, temporary => 2, both => 3);

# The sizes of structures and buffers.
our %SIZES = (
    attempt => 784, result => 64, parameters => 72, existing_credential => 32, inspection => 128, uri_names => 40,
    presented_ticket => 56, store => 48, record => 512, codes => 160, ticket => 128, uri => 2048,
);

my @in      = ('string', 'size_t');
my @out     = ('opaque', 'size_t', 'size_t*');
my @record  = (@in, @in);
our %FUNCTIONS = (
    version            => [[],                                              'string'],
    abi                => [[],                                              'uint32'],
    keyring_generate   => [['uint32', 'opaque*']],
    keyring_parse      => [[@in, 'opaque*']],
    keyring_open       => [[@in, 'opaque*']],
    keyring_add        => [['opaque', 'uint32']],
    keyring_promote    => [['opaque', 'uint32']],
    keyring_remove     => [['opaque', 'uint32']],
    keyring_to_text    => [['opaque', @out]],
    keyring_free       => [['opaque'], 'void'],
    verifier_new       => [['uint32', 'opaque', @in, 'opaque*']],
    verifier_set       => [['opaque', 'sint32', 'sint64']],
    verifier_get       => [['opaque', 'sint32', 'sint64*']],
    verifier_free      => [['opaque'], 'void'],
    code_lifetime      => [['opaque', 'uint32', 'uint32', 'uint64*']],
    is_conflict        => [['uint32', @in, 'sint32']],
    check_store        => [['opaque', 'opaque', 'opaque', @in]],
    enroll             => [['opaque', @in, 'string', 'sint64', @out]],
    enroll_token       => [['opaque', @in, 'string', @in, 'sint64', @out]],
    import             => [['opaque', @in, 'string', @in, 'string', 'sint64', @out]],
    verify             => [['opaque', @record, @in, 'sint64', 'opaque']],
    verify_with_ticket => [['opaque', @record, 'string', @in, 'sint64', 'opaque']],
    outcome            => [['opaque', 'sint64', 'opaque']],
    codes              => [['opaque', @out]],
    ticket             => [['opaque', @in, @in, @in, 'sint64', @out]],
    dud_ticket         => [['opaque', @in, @in, @in, 'sint64', @out]],
    confirm            => [['opaque', @record, @in, 'sint64', 'opaque']],
    replace            => [['opaque', @in, @in, @in, @in, 'sint64', 'opaque']],
    resynchronize      => [['opaque', @record, @in, @in, 'sint64', 'opaque']],
    inspect            => [['opaque', @record, 'sint64', 'opaque']],
    unlock             => [['opaque', @record, 'opaque']],
    recovery_codes     => [['opaque', @record, 'uint32', 'opaque']],
    temporary_code     => [['opaque', @record, 'sint64', 'uint32', 'uint32', 'sint64', 'opaque']],
    end_codes          => [['opaque', @record, 'uint32', 'opaque']],
    suspend            => [['opaque', @record, 'opaque']],
    resume             => [['opaque', @record, 'opaque']],
    revoke             => [['opaque', @record, 'opaque']],
    rename             => [['opaque', @record, @in, 'opaque']],
    reseal             => [['opaque', @record, 'opaque']],
    forget             => [['opaque', @record, 'sint64', 'opaque']],
    repair_clock       => [['opaque', @record, 'sint64', 'opaque']],
    row_of_person      => [[@in, 'uint32', @out]],
    person_and_row     => [[@in, 'uint32*', @out]],
    otpauth_uri        => [['opaque', @record, 'string', 'sint64', @out]],
    qr_svg             => [[@in, @out]],
    qr_png             => [[@in, @out]],
    secret_to_type     => [[@in, @out]],
    otp                => [['string', @in, 'uint64', @out]],
    split              => [[@in, 'uint32', 'size_t*']],
    status_name        => [['sint32', @out]],
    message            => [['sint32', 'sint64', @in, @out]],
    message_to_user    => [['sint32', 'sint64', @in, @out]],
    message_at_enrollment => [['sint32', 'sint64', @in, @out]],
    wipe               => [['opaque', 'size_t']],
);

# The functions, bound for this interpreter. FFI::Platypus frees its objects in each interpreter that has them, so that a thread's
# copies would be freed twice: this object, and what it alone leads to, is not copied.
my $bound = _bind();

sub CLONE_SKIP { return 1 }

sub CLONE {
    $bound = _bind();
    return;
}

sub _bind {
    my $ffi = FFI::Platypus->new(api => 2, lib => 'libpoterne.so.1');
    die "libpoterne.so.1 is not here: bindings/c/install, then ldconfig\n" unless $ffi->find_symbol('poterne_abi');
    my %bound = map {
        my ($parameters, $result) = @{ $FUNCTIONS{$_} };
        $_ => $ffi->function("poterne_$_" => $parameters => $result // 'sint32');
    } keys %FUNCTIONS;
    return bless \%bound, __PACKAGE__;
}

die "libpoterne.so.1 is of another generation\n" if call('abi') != ABI;

sub call {
    my ($name, @arguments) = @_;
    return $bound->{$name}->call(@arguments);
}

sub version { return call('version') }

# A text, as the library takes it: its bytes in UTF-8 and their number. A reference is to bytes.
sub known {
    my ($text) = @_;
    return (undef, 0) unless defined $text;
    my $bytes = ref $text ? $$text : "$text";
    return (undef, 0) unless defined $bytes;
    if (ref $text) {
        # Perl may keep bytes in UTF-8 (from JSON, from a database), and hands over what it keeps.
        utf8::downgrade($bytes, 1) or die Poterne::Error->new(E_ARGUMENT);
    } else {
        utf8::encode($bytes);
    }
    return ($bytes, length $bytes);
}

# The text that a function writes, decoded. The memory that it stood in is wiped.
sub text_of {
    my ($cap, $name, @arguments) = @_;
    my ($status, $text) = _written($cap, $name, @arguments);
    die Poterne::Error->new($status) if $status != OK;
    utf8::decode($text) unless $name eq 'qr_png';
    return $text;
}

sub _written {
    my ($cap, $name, @arguments) = @_;
    my ($len, $memory, $status) = (0);
    for (1 .. 2) {
        $memory = new_memory($cap);
        $status = call($name, @arguments, $memory, $cap, \$len);
        last if $status != E_BUFFER;
        wipe_and_free($memory, $cap);
        ($memory, $cap) = (undef, $len + 1);
    }
    return ($status) unless defined $memory;
    my $text = $status == OK ? buffer_to_scalar($memory, $len) : undef;
    wipe_and_free($memory, $cap);
    return ($status, $text);
}

# The handle that a function makes.
sub new_handle {
    my ($name, @arguments) = @_;
    my $handle;
    my $status = call($name, @arguments, \$handle);
    die Poterne::Error->new($status) if $status != OK;
    return $handle;
}

sub new_memory {
    my ($size) = @_;
    return calloc(1, $size || 1) // die "no memory\n";
}

# Its size, and zeros.
sub new_structure {
    my ($name) = @_;
    my $memory = new_memory($SIZES{$name});
    FFI::Platypus::Memory::memcpy($memory, scalar_to_pointer(my $size = pack 'L', $SIZES{$name}), 4);
    return $memory;
}

sub bytes_at {
    my ($memory, $offset, $len) = @_;
    return buffer_to_scalar($memory + $offset, $len);
}

sub wipe_and_free {
    my ($memory, $size) = @_;
    call('wipe', $memory, $size);
    free($memory);
    return;
}

sub wipe_scalar {
    # The bytes that Perl keeps, which are more than the characters.
    call('wipe', scalar_to_pointer($_[0]), do { use bytes; length $_[0] });
    return;
}

# poterne_parameters. A name that it does not have is a mistake of the program, not a default.
sub parameters {
    my (%given) = @_;
    my $packed = pack 'L8 Q2 q3', $SIZES{parameters},
        _number(\%AUTHENTICATORS, delete $given{authenticator}), _number(\%FACTORS, delete $given{moving_factor}),
        _number(\%ALGORITHMS, delete $given{algorithm}),
        map({ delete $given{$_} // 0 } qw(digits time_step secret_len)), 0,
        map({ delete $given{$_} // 0 } qw(counter t0 not_before not_after confirm_by));
    die 'unknown parameter: ' . join(', ', sort keys %given) . "\n" if %given;
    return $packed;
}

sub existing_credential {
    my (%given) = @_;
    my $packed = pack 'L2 l L Q L2', $SIZES{existing_credential}, _number(\%STATES, delete $given{state} // 'active'),
        delete $given{drift} // 0, _flagged(delete $given{watermark}), _flagged(delete $given{last_sync});
    die 'unknown history: ' . join(', ', sort keys %given) . "\n" if %given;
    return $packed;
}

# A structure of pointers to texts. The texts must live as long as it is used: they come back behind it.
sub pointers {
    my ($name, @texts) = @_;
    my @kept = map { (known($_))[0] // '' } @texts;
    my $packed = pack 'L2', $SIZES{$name}, 0;
    $packed .= pack 'J2', scalar_to_pointer($_), length $_ for @kept;
    return ($packed, \@kept);
}

# poterne_store: two callbacks into Perl for a store's `load` and `swap`, which give back an error's status. What they died of is in
# `failure`. The callbacks and their types must live as long as the structure is used: they come back behind it. `which` tells two
# stores apart.
sub store {
    my ($which, $store, $account, $failure) = @_;
    my $call = sub {
        my ($do) = @_;
        my $status = eval { local $SIG{__DIE__}; $do->() };
        return $status if defined $status;
        $$failure = $@;
        return E_STORE;
    };
    my $ffi = FFI::Platypus->new(api => 2);
    my $load = $ffi->closure(sub {
        my (undef, undef, $to) = @_;
        return $call->(sub {
            my $record = $store->load($account) // return 1;
            # A text that is too long is cut, and does not open.
            my ($bytes) = known(substr $record =~ s/ +\z//r, 0, $SIZES{record} - 1);
            FFI::Platypus::Memory::memcpy($to, scalar_to_pointer($bytes), length($bytes) + 1);
            return 0;
        });
    });
    my $swap = $ffi->closure(sub {
        my (undef, undef, $old, $new, $to) = @_;
        return $call->(sub {
            my $rows = pack 'q', $store->swap($account, $old, $new);
            FFI::Platypus::Memory::memcpy($to, scalar_to_pointer($rows), 8);
            return 0;
        });
    });
    my @callbacks = ($ffi->cast('(opaque,string,opaque)->sint32', 'opaque', $load),
        $ffi->cast('(opaque,string,string,string,opaque)->sint32', 'opaque', $swap));
    return (pack('L2 J5', $SIZES{store}, 0, $which, @callbacks, 0, 0), [$load, $swap, $ffi]);
}

sub _flagged {
    my ($value) = @_;
    return defined $value ? (1, $value) : (0, 0);
}

sub _number {
    my ($names, $name) = @_;
    return 0 unless defined $name;
    return $names->{$name} // die "$name: not one of " . join(', ', sort keys %$names) . "\n";
}

1;
