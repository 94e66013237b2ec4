package Poterne::Attempt;

# An attempt: the record to store, and after the commit the outcome. Its memory is the library's form of it, wiped at the end.

use strict;
use warnings;

use Poterne::Denied;
use Poterne::Library qw(call bytes_at text_of wipe_and_free);

# `fill` names a function of the library; the attempt is its last parameter. Dies if there is no attempt.
sub new {
    my ($class, $fill, @arguments) = @_;
    my $self = bless { memory => Poterne::Library::new_structure('attempt') }, $class;
    my $status = call($fill, @arguments, $self->{memory});
    die Poterne::Error->new($status) if $status < 0;
    $self->{status} = $status;
    return $self;
}

# Whether there is something to store.
sub changed { return unpack('L', bytes_at($_[0]{memory}, 12, 4)) == 1 }

sub record {
    my ($self) = @_;
    return bytes_at($self->{memory}, 16, unpack 'L', bytes_at($self->{memory}, 8, 4));
}

# With the rows that the committed swap updated: 1, or 0 for a conflict. Returns the outcome or dies of the refusal.
sub outcome {
    my ($self, $rows) = @_;
    my $memory = Poterne::Library::new_structure('result');
    my $status = call('outcome', $self->{memory}, $rows, $memory);
    my $result = bytes_at($memory, 0, $Poterne::Library::SIZES{result});
    wipe_and_free($memory, $Poterne::Library::SIZES{result});
    my %result;
    @result{qw(size status method recovery_codes_left moving_factor drift clock_off_steps wait_seconds failures_before)} =
        unpack 'L l L2 Q l2 Q L', $result;
    my $details = { map { $_ => $result{$_} } qw(wait_seconds clock_off_steps) };
    die Poterne::Error->new($status, %$details) if $status < 0 || $status != $result{status};
    return Poterne::Accepted->new(%result) if $status == Poterne::Library::OK;
    return Poterne::Done->new(%result, codes => [$self->_codes]) if $status > Poterne::Library::STORE;
    die Poterne::Refused->new($status, %$details);
}

sub _codes {
    my ($self) = @_;
    my $codes = eval { text_of($Poterne::Library::SIZES{codes}, 'codes', $self->{memory}) };
    return defined $codes ? split /\n/, $codes : ();
}

# A thread has no copy: the memory would be freed twice.
sub CLONE_SKIP { return 1 }

sub DESTROY {
    my ($self) = @_;
    # At the program's end the library's functions are gone, in any order, and the memory with them.
    return if ${^GLOBAL_PHASE} eq 'DESTRUCT';
    wipe_and_free(delete $self->{memory}, $Poterne::Library::SIZES{attempt}) if $self->{memory};
    return;
}

package Poterne::Done;

# A confirmation or a change that is stored. Not a login.

sub new {
    my ($class, %result) = @_;
    return bless {%result}, $class;
}

# `confirmed`, `resynchronized` or `changed`.
sub code { return Poterne::Library::text_of(64, 'status_name', $_[0]{status}) }

# The recovery codes or the temporary code that it issued, to show now and never again.
sub codes { return @{ $_[0]{codes} } }

sub moving_factor { return $_[0]{moving_factor} }

sub drift { return $_[0]{drift} }

# A thread has no copy of the codes.
sub CLONE_SKIP { return 1 }

sub DESTROY {
    my ($self) = @_;
    # At the program's end the library's functions are gone, in any order, and the memory with them.
    return if ${^GLOBAL_PHASE} eq 'DESTRUCT';
    Poterne::wipe($_) for @{ $self->{codes} };
    return;
}

package Poterne::Accepted;

# A login, and nothing else is. Only an outcome makes it.

sub new {
    my ($class, %result) = @_;
    die "only an outcome makes a login\n" if caller ne 'Poterne::Attempt';
    return bless {%result}, $class;
}

# `otp`, `recovery_code` or `temporary_code`.
sub method { return { reverse %Poterne::Library::METHODS }->{ $_[0]{method} } }

# The refused attempts since the last login: show them.
sub failures_before { return $_[0]{failures_before} }

sub recovery_codes_left { return $_[0]{recovery_codes_left} }

sub moving_factor { return $_[0]{moving_factor} }

sub drift { return $_[0]{drift} }

# `accepted.otp`, by the method.
sub code { return 'accepted.' . $_[0]->method }

1;
