# The store on SQLite, PostgreSQL and MariaDB: swap, conflicts, fork, a server that is down, a careless store as the control.

use strict;
use warnings;
use utf8;
use Test::More;
use File::Temp qw(tempdir);
use Socket qw(PF_INET SOCK_STREAM INADDR_LOOPBACK IPPROTO_TCP sockaddr_in);
use Poterne;
use Poterne::Column;
use Poterne::Settings;

# Linux's numbers; Socket has no names for them.
use constant { TCP_KEEPIDLE => 4, TCP_USER_TIMEOUT => 18 };

my ($port, $mariadb_port) = map { $ENV{"POTERNE_${_}_PORT"} // die "run this by bindings/perl/test, which starts the servers\n" } qw(POSTGRESQL MARIADB);
my $folder = tempdir(CLEANUP => 1);
my %databases = (
    SQLite  => sub { DBI->connect("dbi:SQLite:dbname=$folder/table.sqlite", '', '', { Poterne::Column->attributes('SQLite') }) },
    MariaDB => sub {
        DBI->connect("dbi:MariaDB:database=poterne;host=127.0.0.1;port=$mariadb_port", 'poterne', 'poterne', { Poterne::Column->attributes('MariaDB') });
    },
    Pg      => sub { DBI->connect("dbi:Pg:dbname=poterne;host=127.0.0.1;port=$port", 'poterne', 'poterne', { Poterne::Column->attributes('Pg') }) },
);
my $secret   = '12345678901234567890';
my $verifier = Poterne::Verifier->new(Poterne::Keyring->generate(20261121), 'tests');
my $step     = 56_666_667;
my $now      = $step * 30;

sub code { return Poterne::otp($secret, $_[0]) }

sub refusal {
    my ($call) = @_;
    my $result = eval { $call->() };
    return defined $result ? ref $result : ref $@ ? $@->code : $@;
}

for my $driver (sort keys %databases) {
    my $connect = $databases{$driver};
    $connect->()->do('CREATE TABLE poterne (account VARCHAR(255) NOT NULL PRIMARY KEY, record VARCHAR(504) NOT NULL)');
    my ($table, $other) = map { Poterne::Column->new($connect) } 1 .. 2;

    # An account outside ASCII, a quote, and one padded to its column.
    for my $account ('a.martin', 'hélène.œuvray', "o'brien", '張偉') {
        my $record = $verifier->import_credential($account, $secret, now => $now);
        is $table->load($account), undef, "$driver: no row";
        is $table->swap($account, undef, $record), 1, "$driver: a first record";
        is $other->swap($account, undef, $record), 0, "$driver: not a second one";
        is $other->load($account), $record, "$driver: it is there";
        my $accepted = $verifier->login($table, $account, code($step), now => $now);
        isa_ok $accepted, 'Poterne::Accepted';
        is $accepted->method, 'otp', "$driver: by its code";
        is $accepted->code, 'accepted.otp', "$driver: which the journal says";
        is refusal(sub { $verifier->login($other, $account, code($step), now => $now) }), 'refused.replayed', "$driver: once";
        is refusal(sub { $verifier->login($other, $account, '000000', now => $now) }), 'refused.wrong_code', "$driver: another one";
    }
    is refusal(sub { $verifier->login($table, 'nobody', code($step), now => $now) }), 'refused.not_enrolled', "$driver: no account";

    # Padded texts: CHAR columns. MariaDB has none so long.
    $connect->()->do('CREATE TABLE padded (account CHAR(255) NOT NULL PRIMARY KEY, record ' . ($driver eq 'MariaDB' ? 'VARCHAR' : 'CHAR') . '(512) NOT NULL)');
    my $padded = Poterne::Column->new($connect, table => 'padded');
    my $account = 'c.petit' . ' ' x 248;
    my $record = $verifier->import_credential($account, $secret, now => $now);
    $connect->()->do('INSERT INTO padded (account, record) VALUES (?, ?)', undef, $account, $record . ' ' x 8);
    is refusal(sub { $verifier->login($padded, $account, code($step), now => $now) }), 'Poterne::Accepted', "$driver: padded";
    is refusal(sub { $verifier->login($padded, $account, code($step), now => $now) }), 'refused.replayed', "$driver: padded, once";

    # An application's own table of users: its rows are there before they have a record.
    $connect->()->do('CREATE TABLE users (account VARCHAR(255) NOT NULL PRIMARY KEY, record VARCHAR(504))');
    my $users = Poterne::Column->new($connect, table => 'users');
    $record = $verifier->import_credential('e.user', $secret, now => $now);
    for (['no record', undef], ['nothing', ''], ['spaces', '   ']) {
        my ($what, $before) = @$_;
        $connect->()->do('INSERT INTO users (account, record) VALUES (?, ?)', undef, 'e.user', $before);
        is refusal(sub { $users->swap('e.user', undef, $record) }), '', "$driver: a row with $what is filled";
        is $users->load('e.user'), $record, "$driver: it is there";
        is $users->swap('e.user', undef, $record), 0, "$driver: not a second time";
        is_deeply $connect->()->selectcol_arrayref('SELECT COUNT(*) FROM users'), [1], "$driver: in its row";
        $connect->()->do('DELETE FROM users');
    }

    # Proven at the start, on an account of its own, in every kind of table.
    for my $store ($table, $padded, $users) {
        my $before = $verifier->import_credential('check', $secret, now => $now);
        is refusal(sub { $store->check($verifier, 'check') }), 'error.state', "$driver: a check needs a record";
        $store->swap('check', undef, $before);
        $verifier->revoke($store, 'check');
        my $revoked = $store->load('check');
        is $store->check($verifier, 'check'), 1, "$driver: a table that is right" or diag $@;
        isnt $store->load('check'), $revoked, "$driver: which swapped";
        is $verifier->inspect($store->load('check'), 'check')->{state}, 'revoked', "$driver: the same credential";
    }
    is refusal(sub { $verifier->check_store('check', Blank->new($_), $table) }), 'error.state', "$driver: a blank record is none" for '', '  ';
    # Controls: what no check may let through.
    is refusal(sub { $verifier->check_store('check', Careless->new($connect), $table) }), 'error.rows', "$driver: a store that does not compare";
    is refusal(sub { $verifier->check_store('check', Forgetful->new($connect), $table) }), 'error.rows', "$driver: a store that does not commit";
    is refusal(sub { Poterne::Column->new($connect, table => 'nowhere')->check($verifier, 'check') }), 'error.store', "$driver: no table";
    is $@->reason, 'SQLSTATE ' . { Pg => '42P01', MariaDB => '42S02', SQLite => 'S1000' }->{$driver}, "$driver: as the database says";
    is refusal(sub { Poterne::Column->new($connect, record => 'records')->check($verifier, 'check') }), 'error.store', "$driver: no column";
    my $only = $connect->();
    is refusal(sub { Poterne::Column->new(sub { $only })->check($verifier, 'check') }), 'error.store', "$driver: a connection for all";
    is $@->reason, 'one connection for all', "$driver: proves nothing";
    is refusal(sub { $verifier->check_store('check', Busy->new($table), $table) }), 'refused.conflict', "$driver: others who keep writing prove nothing either";

    # Processes at once: one code, one login.
    my $children = 8;
    my $restart = $verifier->import_credential('race', $secret, now => $now);
    $table->swap('race', undef, $restart);
    my @accepted = in_children($children, sub { $verifier->login($table, 'race', code($step), now => $now) });
    is scalar(grep { $_ eq 'Poterne::Accepted' } @accepted), 1, "$driver: $children processes, one login";
    is refusal(sub { $table->load('race') // die }), '', "$driver: the parent's connection lives";

    # The control: a store that does not compare accepts the code more than once.
    my $careless = Careless->new($connect);
    $table->swap('careless', undef, $verifier->import_credential('careless', $secret, now => $now));
    my @twice = in_children($children, sub { $verifier->login($careless, 'careless', code($step), now => $now) });
    cmp_ok scalar(grep { $_ eq 'Poterne::Accepted' } @twice), '>', 1, "$driver: control, a careless store";

    # Inside of somebody's transaction nothing is proven.
    my $shared = Poterne::Column->new(sub { my $connection = $connect->(); $connection->begin_work; $connection });
    is refusal(sub { $verifier->login($shared, 'a.martin', code($step), now => $now) }), 'error.store', "$driver: inside a transaction";
}

# A server that goes away and comes back, and one that is not there.
my $pg = Poterne::Column->new($databases{Pg});
$pg->load('a.martin');
my $control = $databases{Pg}->();
$control->do("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND usename = 'poterne'");
isnt $pg->load('a.martin'), undef, 'a connection that the server closed is opened again';
my $down = Poterne::Column->new(sub { DBI->connect('dbi:Pg:dbname=poterne;host=127.0.0.1;port=1', 'poterne', 's3cret', { Poterne::Column->attributes('Pg') }) });
is refusal(sub { $verifier->login($down, 'a.martin', code($step), now => $now) }), 'error.store', 'a database that is down is no verdict';
my $text = join ' ', map { $_ // '' } $@->reason, $@->message_to_user('fr'), "$@";
unlike $text, qr/s3cret|martin/, 'and its error tells nobody';
like $@->message_to_user('fr'), qr/indisponible/, 'but what to do';

# An application's HandleError may die of anything.
my $strange = Poterne::Column->new(sub { my $c = $databases{Pg}->(); $c->{HandleError} = sub { die { what => 'ever' } }; $c->do('SET search_path = nowhere'); $c });
is refusal(sub { $verifier->login($strange, 'a.martin', code($step), now => $now) }), 'error.store', 'a failure of any kind is no verdict';

# A lock that others hold is a conflict.
$control->do("SET lock_timeout = '100ms'");
my $locked = Poterne::Column->new(sub { my $c = $databases{Pg}->(); $c->do("SET lock_timeout = '100ms'"); $c });
$control->begin_work;
$control->do("UPDATE poterne SET record = record WHERE account = 'a.martin'");
is refusal(sub { $verifier->login($locked, 'a.martin', code($step + 1), now => $now) }), 'refused.conflict', 'a lock is a conflict';
# Where nobody can tell what the database said, no transaction stays open either.
{
    local $Poterne::Library::DATABASES{Pg} = 99;
    is refusal(sub { $verifier->login($locked, 'a.martin', code($step + 1), now => $now) }), 'error.argument', 'no such database';
}
my $open;
for (1 .. 50) {
    ($open) = $control->selectrow_array("SELECT COUNT(*) FROM pg_stat_activity WHERE state LIKE 'idle in transaction%'");
    last unless $open;
    $control->do('SELECT pg_sleep(0.1), pg_stat_clear_snapshot()');
}
is $open, 0, 'and no transaction is open';
$control->rollback;
is refusal(sub { $verifier->login($locked, 'a.martin', code($step + 1), now => $now) }), 'Poterne::Accepted', 'control: without it';

# A commit that warns may be lost: no login.
$control->do(q{CREATE FUNCTION warns() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE WARNING 'canceling wait' USING ERRCODE = '01000'; RETURN NULL; END $$});
$control->do('CREATE CONSTRAINT TRIGGER warns AFTER UPDATE ON poterne DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION warns()');
is refusal(sub { $verifier->login($pg, 'a.martin', code($step + 2), now => $now + 60) }), 'refused.replayed', 'a warning of COMMIT is no login';
$control->do('DROP TRIGGER warns ON poterne');
# Whatever the language of the server: a notice begins with its severity, translated. The driver hands it on as a warning.
for my $notice ('WARNING:  canceling wait', 'ATTENTION:  annulation de l\'attente', undef) {
    my $table = Poterne::Column->new(sub {
        my $connection = $databases{Pg}->();
        $connection->{Callbacks} = { commit => sub { warn "$notice\n" if $notice; return } };
        return $connection;
    });
    my $old = $table->load('a.martin');
    my $new = $verifier->reseal_attempt($old, 'a.martin')->record;
    is $table->swap('a.martin', $old, $new), $notice ? 0 : 1, $notice ? 'a warning of COMMIT in its language is a conflict' : 'control: no warning';
}
is refusal(sub { $verifier->login($pg, 'a.martin', code($step + 3), now => $now + 90) }), 'Poterne::Accepted', 'control: without it';

# Names that are no names.
for my $name ('poterne; DROP TABLE poterne', 'a.b.c.d', '', 'é', "x\n") {
    is refusal(sub { Poterne::Column->new($databases{Pg}, table => $name) }), 'error.argument', 'not a name';
}

# Life of a credential: enroll, confirm, new phone, recovery codes, help desk.
my $table = Poterne::Column->new($databases{SQLite});
my $login = 'd.noël';
$table->swap($login, undef, $verifier->enroll($login));
my $uri = $verifier->otpauth_uri($table->load($login), $login, issuer => 'Département', label => $login);
like $uri, qr{^otpauth://totp/D%C3%A9partement}, 'the text to scan';
like Poterne::qr_png($uri), qr/\A\x89PNG/, 'a PNG';
like Poterne::qr_svg($uri), qr/\A<svg|\A<\?xml/, 'an SVG';
my $typed = Poterne::secret_to_type($uri);
my $own = secret_of($uri);
is refusal(sub { $verifier->confirm($table, $login, '000000') }), 'refused.wrong_code', 'not its first code';
my $done = $verifier->confirm($table, $login, Poterne::otp($own, int(time / 30)));
is $done->code, 'confirmed', 'confirmed';
my @codes = $done->codes;
is scalar(@codes), 8, 'with recovery codes';
my $by = $verifier->login($table, $login, $codes[0]);
is $by->method, 'recovery_code', 'one of them';
is $by->code, 'accepted.recovery_code', 'which the journal says';
is refusal(sub { $verifier->login($table, $login, $codes[0]) }), 'refused.wrong_code', 'once';
my $old = $table->load($login);
my $pending = $verifier->enroll($login);
my $new = secret_of($verifier->otpauth_uri($pending, $login, issuer => 'i', label => 'l'));
is $verifier->replace($table, $login, Poterne::otp($new, int(time / 30)), old => $old, pending => $pending)->code, 'confirmed', 'a new phone';
is refusal(sub { $verifier->replace($table, $login, Poterne::otp($new, int(time / 30)), old => $old, pending => $pending) }), 'refused.conflict', 'once';
is scalar($verifier->recovery_codes($table, $login, 8)->codes), 8, 'new recovery codes';
my ($temporary) = $verifier->temporary_code($table, $login, missing => 'suspend')->codes;
is $verifier->inspect($table->load($login), $login)->{state}, 'suspended', 'suspended';
is refusal(sub { $verifier->login($table, $login, Poterne::otp($new, int(time / 30) + 1)) }), 'refused.suspended', 'not by the phone';
is $verifier->login($table, $login, $temporary)->method, 'temporary_code', 'by the temporary code';
$verifier->$_($table, $login) for qw(resume unlock forget repair_clock reseal revoke);
is $verifier->inspect($table->load($login), $login)->{state}, 'revoked', 'revoked';

# Settings.
my $settings = "$folder/poterne.conf";
my $keys = Poterne::Keyring->generate(7);
write_file("$folder/poterne.keys", 0600, $keys->to_text);
my $good = "application = tests\nkeyring = $folder/poterne.keys\ndatabase = postgresql+psycopg://poterne:p%6Fterne\@127.0.0.1:$port/poterne?connect_timeout=2\nticket_seconds = 5\nconfirm_at_first_login = yes\n";
write_file($settings, 0600, $good);
my $read = Poterne::Settings->read($settings);
is $read->verifier->get('ticket_seconds'), 5, 'an option';
is $read->verifier->get('confirm_at_first_login'), 1, 'yes';
isnt $read->column->load('a.martin'), undef, 'the table';
for (["$good\nticket_second = 5", qr/line 7: no setting/], ["$good\nissuer =", qr/no value/], ["$good\nissuer", qr/equals/], ["$good\nticket_seconds = 6", qr/second time/],
    [$good =~ s/^application.*\n//r, qr/application is missing/]) {
    write_file($settings, 0600, $_->[0]);
    ok !eval { Poterne::Settings->read($settings); 1 }, 'refused';
    like $@, $_->[1], 'and why';
    unlike $@, qr/p%6Fterne/, 'without a value';
}
write_file($settings, 0600, $good =~ s/ticket_seconds = 5/ticket_seconds = 601/r);
is refusal(sub { Poterne::Settings->read($settings)->verifier }), 'error.argument', 'the library checks the bounds';
for my $mode (0644, 0666) {
    write_file($settings, $mode, $good);
    ok !eval { Poterne::Settings->read($settings); 1 }, sprintf 'mode %o', $mode;
}

# A server that takes the connection and never answers, and one that is cut off later. Without a limit the child waits for its alarm.
socket my $silent, PF_INET, SOCK_STREAM, 0 or die $!;
bind $silent, sockaddr_in(0, INADDR_LOOPBACK) or die $!;
listen $silent, 8 or die $!;
my ($dead) = sockaddr_in(getsockname $silent);
for my $address ("postgresql+psycopg://poterne:poterne\@127.0.0.1:%d/poterne", "mysql+pymysql://poterne:poterne\@127.0.0.1:%d/poterne") {
    my ($product) = $address =~ /\A(\w+)/;
    write_file($settings, 0600, $good =~ s{^database = \K.*}{sprintf $address, $dead}emr);
    my $unanswered = Poterne::Settings->read($settings)->column;
    is_deeply [in_children(1, sub { alarm 60; $verifier->login($unanswered, 'a.martin', code($step), now => $now) })], ['error.store'], "$product: a server that does not answer";
    write_file($settings, 0600, $good =~ s{^database = \K.*}{sprintf $address, $product eq 'mysql' ? $mariadb_port : $port}emr);
    isnt eval { Poterne::Settings->read($settings)->column->load('a.martin') }, undef, "$product: control, one that does" or diag $@;
}
for (['', 5000], ['?tcp_user_timeout=1234', 1234]) {
    my ($query, $milliseconds) = @$_;
    write_file($settings, 0600, $good =~ s/\?connect_timeout=2/$query/r);
    my $own = Poterne::Settings->read($settings)->column;
    open my $socket, '+<&', $own->_connection->{pg_socket} or die $!;
    is unpack('l', getsockopt($socket, IPPROTO_TCP, TCP_USER_TIMEOUT)), $milliseconds, 'unanswered data ends a connection';
    is unpack('l', getsockopt($socket, IPPROTO_TCP, TCP_KEEPIDLE)), 2, 'and silence is tried';
}

# Letters of every kind in the name and the password of the database's user.
$control->do(q{CREATE ROLE "hélène" LOGIN PASSWORD 'clé?œ'});
$control->do(q{GRANT SELECT ON poterne TO "hélène"});
for my $escaped ('h%C3%A9l%C3%A8ne:cl%C3%A9%3F%C5%93', 'hél%C3%A8ne:clé%3f%c5%93') {
    for my $more ('', "issuer = Département\n") {
        write_file($settings, 0600, $more . $good =~ s/poterne:p%6Fterne/$escaped/r);
        isnt eval { Poterne::Settings->read($settings)->column->load('a.martin') }, undef, 'an escaped name' or diag $@->reason // $@;
    }
}
write_file($settings, 0600, $good =~ s/p%6Fterne/%E9/r);
ok !eval { Poterne::Settings->read($settings); 1 }, 'Latin-1';
like $@, qr/not UTF-8/, 'is not';

# The README's snippet.
open my $readme, '<:encoding(UTF-8)', "$FindBin::Bin/../README.md" or die $!;
my ($snippet) = do { local $/; <$readme> } =~ /```perl\n(.*?)```/s or die 'the README has no snippet';
write_file($settings, 0600, $good);
$snippet =~ s{/etc/poterne/poterne.conf}{$settings} or die 'the snippet reads no settings';
my $log_in = eval "use strict; use warnings; $snippet; \\&log_in" or die $@;
my %session;
my $r = Poterne::Settings->read($settings);
$r->column->swap('readme', undef, $r->verifier->import_credential('readme', $secret));
is $log_in->(\%session, 'readme', Poterne::otp($secret, int(time / 30))), 'Welcome', 'the README logs in';
is $session{user}, 'readme', 'this user';
like $log_in->({}, 'readme', '000000'), qr/^Sign-in refused/, 'and refuses';

done_testing;

BEGIN { require FindBin }

sub in_children {
    my ($count, $call) = @_;
    my @pipes;
    for (1 .. $count) {
        pipe my $in, my $out;
        my $child = fork // die 'fork';
        if (!$child) {
            print {$out} refusal($call);
            close $out;
            require POSIX;
            POSIX::_exit(0);
        }
        close $out;
        push @pipes, $in;
    }
    my @said = map { scalar <$_> } @pipes;
    1 while wait > 0;
    return @said;
}

sub secret_of {
    my ($base32) = $_[0] =~ /secret=([A-Z2-7]+)/;
    my $bits = join '', map { sprintf '%05b', index 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567', $_ } split //, $base32;
    return pack 'B*', substr $bits, 0, 8 * int(length($bits) / 8);
}

sub write_file {
    my ($path, $mode, $text) = @_;
    open my $file, '>:encoding(UTF-8)', $path or die "$path: $!";
    print {$file} $text;
    close $file;
    chmod $mode, $path;
    return;
}

package Careless;

# Forgets to compare.
sub new { return bless { connect => $_[1] }, $_[0] }

sub load { return Poterne::Column->new($_[0]{connect})->load($_[1]) }

sub swap {
    my ($self, $account, $old, $new) = @_;
    select undef, undef, undef, 0.2;
    my $connection = $self->{connect}->();
    for (1 .. 20) {
        my $rows = eval { $connection->do('UPDATE poterne SET record = ? WHERE account = ?', undef, $new, $account) };
        return $rows if $rows;
    }
    return 0;
}

package Forgetful;

# Sees what it wrote, and nobody else does.
sub new { my $connection = $_[1]->(); $connection->begin_work; return bless { connection => $connection }, $_[0] }

sub load { return $_[0]{connection}->selectrow_array('SELECT record FROM poterne WHERE account = ?', undef, $_[1]) }

sub swap {
    my ($self, $account, $old, $new) = @_;
    return 0 + $self->{connection}->do('UPDATE poterne SET record = ? WHERE account = ? AND record = ?', undef, $new, $account, $old);
}

package Busy;

# Others write between each load and its swap.
sub new { return bless { table => $_[1] }, $_[0] }

sub load {
    my ($self, $account) = @_;
    my $record = $self->{table}->load($account);
    $verifier->reseal($self->{table}, $account);
    return $record;
}

sub swap { my $self = shift; return $self->{table}->swap(@_) }

package Blank;

sub new { return bless { record => $_[1] }, $_[0] }

sub load { return $_[0]{record} }

sub swap { return 0 }
