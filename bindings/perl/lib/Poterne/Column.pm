package Poterne::Column;

# A store over DBI: one table, two columns, a connection of its own.
#
#     my $store = Poterne::Column->new(sub { DBI->connect('dbi:Pg:dbname=vpn', 'poterne', $password, {Poterne::Column->attributes('Pg')}) });
#
# Its transactions are its own: a later rollback of the application never takes an accepted code back. Never give it the connection
# of the application. It opens one when it needs one, again after a fork, and again after a failure.

use strict;
use warnings;
use DBI;
use Scalar::Util qw(blessed);

use Poterne::Denied;
use Poterne::Library qw(call known E_ARGUMENT E_STORE);

use constant E_ROWS => -11;

sub new {
    my ($class, $connect, %names) = @_;
    my ($table, $account, $record) = map { $names{$_} // $_ } qw(table account record);
    $table = $names{table} // 'poterne';
    for my $name ($table, $account, $record) {
        my @parts = split /\./, $name, -1;
        my $most = $name eq $table ? 3 : 1;
        die Poterne::Error->new(E_ARGUMENT) if !@parts || @parts > $most || grep { !/\A[A-Za-z_][A-Za-z0-9_]{0,127}\z/a } @parts;
    }
    return bless {
        connect => $connect,
        select  => "SELECT $record FROM $table WHERE $account = ?",
        update  => "UPDATE $table SET $record = ? WHERE $account = ? AND $record = ?",
        fill    => "UPDATE $table SET $record = ? WHERE $account = ? AND $record IS NULL",
        insert  => "INSERT INTO $table ($record, $account) VALUES (?, ?)",
    }, $class;
}

# What DBI->connect must be told for a driver: errors are exceptions without texts of ours, names of accounts are characters.
sub attributes {
    my ($class, $driver) = @_;
    return (
        RaiseError          => 1,
        PrintError          => 0,
        PrintWarn           => 1,
        AutoCommit          => 1,
        AutoInactiveDestroy => 1,
        ($driver eq 'SQLite' ? (sqlite_unicode => 1)         : ()),
        ($driver eq 'mysql'  ? (mysql_enable_utf8mb4 => 1) : ()),
    );
}

# The stored record, or undef.
sub load {
    my ($self, $account) = @_;
    # A connection that the server has closed meanwhile is found out here, where a second try changes nothing.
    my $rows = $self->_select($account) // $self->_select($account) // die $self->{failure};
    die Poterne::Error->new(E_ROWS) if @$rows > 1;
    return @$rows ? $rows->[0][0] : undef;
}

# Replaces `old` with `new`, commits, and returns 1, or 0 if another record is stored. Without `old` it stores the first record.
sub swap {
    my ($self, $account, $old, $new) = @_;
    return $self->_write(['update'], $new, $account, $old) if defined $old;
    # Into its row where that has no record, else by INSERT (norm, 8.9), in one transaction: an UPDATE whose commit was not certain is
    # never followed by a second row.
    my $rows = eval { $self->_write(['fill', 'insert'], $new, $account) };
    return $rows if defined $rows;
    my $failure = $@;
    # The database refused a second row for the account, or something else: a row tells which.
    my $there = $self->load($account);
    die $failure unless defined $there;
    # Spaces or nothing are no record (norm, 3.0).
    return $there =~ /[^ ]/ ? 0 : $self->_write(['update'], $new, $account, $there);
}

# Checks that this table swaps, compares, commits and keeps (norm, 7.9). Call it when the program starts. `account` is kept for this
# check, with a revoked record, or is any account that has a record. Dies as Poterne::Verifier::check_store.
sub check {
    my ($self, $verifier, $account) = @_;
    my %second = %$self;
    delete @second{qw(connection process driver)};
    my $second = bless \%second, ref $self;
    if ($self->_connection == $second->_connection) {
        delete $second->{connection};
        # It would see what is not committed.
        die Poterne::Error->new(E_STORE, reason => 'one connection for all');
    }
    return $verifier->check_store($account, $self, $second);
}

# Closes the connection; the next call opens another one.
sub disconnect {
    my ($self) = @_;
    my $connection = delete $self->{connection} or return;
    # The parent's socket: a goodbye on it would end the parent's session.
    $connection->{InactiveDestroy} = 1 if $self->{process} != $$;
    eval { $connection->disconnect } unless $connection->{InactiveDestroy};
    return;
}

sub _connection {
    my ($self) = @_;
    $self->disconnect if $self->{connection} && $self->{process} != $$;
    return $self->{connection} if $self->{connection};
    my $connection = eval { local $SIG{__DIE__}; $self->{connect}->() };
    die Poterne::Error->new(E_STORE, reason => _state($DBI::state)) unless ref $connection;
    # A connection inside of somebody's transaction is not ours.
    die Poterne::Error->new(E_STORE, reason => 'inside a transaction') unless $connection->{AutoCommit};
    @{$connection}{qw(RaiseError PrintError ShowErrorStatement)} = (1, 0, 0);
    my $driver = $connection->{Driver}{Name};
    if ($driver eq 'Pg') {
        # What COMMIT warns of must be heard, and nothing less.
        eval { $connection->do('SET client_min_messages = warning'); 1 } or die $self->_failed($connection);
    }
    @{$self}{qw(connection process driver)} = ($connection, $$, $driver);
    return $connection;
}

sub _select {
    my ($self, $account) = @_;
    my $rows = eval {
        local $SIG{__DIE__};
        my $statement = $self->_connection->prepare_cached($self->{select}, undef, 3);
        $statement->execute($account);
        # DBD::MariaDB has undef for no rows at all.
        my $found = $statement->fetchall_arrayref(undef, 2) // [];
        $statement->finish;
        $found;
    };
    $self->{failure} = $self->_failed unless $rows;
    return $rows;
}

# The first of the statements that finds a row, and its commit.
sub _write {
    my ($self, $statements, @values) = @_;
    my ($connection, @warnings) = $self->_connection;
    local $SIG{__DIE__};
    # Every one counts: a notice begins with its severity in the language of the server, and what is less than a warning is not sent.
    local $SIG{__WARN__} = sub { push @warnings, 1 };
    my $rows = eval {
        $connection->begin_work;
        my $count = 0;
        for my $statement (@$statements) {
            $count = 0 + $connection->prepare_cached($self->{$statement}, undef, 3)->execute(@values);
            last if $count != 0;
        }
        $count;
    };
    if (!defined $rows) {
        my $is_conflict = $self->_is_conflict($connection);
        my $failure = $self->_failed($connection, $is_conflict);
        return 0 if $is_conflict;
        die $failure;
    }
    if ($rows == 0) {
        eval { $connection->rollback; 1 } or $self->disconnect;
        return 0;
    }
    if ($rows != 1) {
        $self->disconnect;
        die Poterne::Error->new(E_ROWS);
    }
    @warnings = ();
    if (!eval { $connection->commit; 1 }) {
        # Failed, or its answer was lost (norm, 7.2): the next try reads what is really stored.
        $self->disconnect;
        return 0;
    }
    # Committed here, and lost if the standby that did not confirm it takes over.
    return @warnings ? 0 : 1;
}

sub _is_conflict {
    my ($self, $connection) = @_;
    my $is_sqlite = $self->{driver} eq 'SQLite' || $self->{driver} =~ /^(?:mysql|MariaDB|Oracle|DB2)$/;
    my $code  = $is_sqlite && ($connection->err // '') =~ /\A-?\d{1,9}\z/a ? $connection->err : 0;
    my $state = $self->{driver} eq 'SQLite' ? undef : $connection->state;
    my $status = call('is_conflict', $Poterne::Library::DATABASES{ $self->{driver} } // 0, known($state), $code);
    if ($status < 0) {
        $self->disconnect;
        die Poterne::Error->new($status);
    }
    return $status == Poterne::Library::CONFLICT;
}

# The error to raise. The connection may be broken, so it is closed, unless somebody was only in the way.
sub _failed {
    my ($self, $connection, $is_usable) = @_;
    my $state = $connection // $self->{connection} ? ($connection // $self->{connection})->state : $DBI::state;
    my $failure = blessed $@ && $@->isa('Poterne::Error') ? $@ : Poterne::Error->new(E_STORE, reason => _state($state));
    if ($is_usable && $connection && eval { $connection->rollback; 1 }) {
        return $failure;
    }
    $self->disconnect;
    return $failure;
}

sub _state {
    my ($state) = @_;
    return defined $state && $state =~ /\A[0-9A-Z]{5}\z/a ? "SQLSTATE $state" : undef;
}

# A thread has no copy: the connection is of one thread.
sub CLONE_SKIP { return 1 }

sub DESTROY {
    # At the program's end DBI closes its own, in any order.
    return if ${^GLOBAL_PHASE} eq 'DESTRUCT';
    local $@;
    $_[0]->disconnect;
    return;
}

1;
