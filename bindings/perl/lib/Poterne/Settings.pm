package Poterne::Settings;

# The settings file that `poterne init` writes and all hosts read: name = value, one a line.
#
# What a value may be is the library's affair, and `poterne doctor` says it in words. This reader takes the settings that a Perl host
# needs; it refuses a name that it does not know, a name that comes twice, and a file that others can change.

use strict;
use warnings;
use Fcntl qw(S_ISREG S_IMODE);

use Poterne;
use Poterne::Column;

my @general = qw(application database database_password_file table account_column record_column keyring language issuer help_desk_phone apps_address);
my @required = qw(application database keyring);

# How long a database that is not there may hold a worker; what the query of the address says comes before it.
my %limits = (
    Pg      => { connect_timeout => 2, tcp_user_timeout => 5000, keepalives_idle => 2, keepalives_interval => 1, keepalives_count => 3 },
    MariaDB => { map { ("mariadb_${_}_timeout" => 2) } qw(connect read write) },
);

# Dies of a text that names the line and never a value.
sub read {
    my ($class, $path) = @_;
    my ($text, $mode) = _text($path, 022);
    my (%values, $number);
    my %known = map { $_ => 1 } @general, keys %Poterne::Library::OPTIONS;
    for my $line (split /\n/, $text) {
        $number++;
        next if $line =~ /\A[ \t\r]*(?:#|\z)/;
        my ($name, $value) = $line =~ /\A[ \t]*([^=]*?)[ \t]*=[ \t]*(.*?)[ \t\r]*\z/ or die "$path, line $number: no equals sign\n";
        die "$path, line $number: no setting has this name\n" unless $known{$name};
        die "$path, line $number: $name for the second time\n" if exists $values{$name};
        die "$path, line $number: $name has no value\n" unless length $value;
        $values{$name} = $value;
    }
    for my $name (@required) {
        die "$path: the setting $name is missing\n" unless exists $values{$name};
    }
    my $self = bless { path => $path, values => \%values }, $class;
    $self->{database} = $self->_database;
    die "$path: it holds the database's password, and others can read it: chmod 600 it\n" if $self->{has_password} && $mode & 077;
    return $self;
}

sub get { return $_[0]{values}{ $_[1] } }

sub keyring { return Poterne::Keyring->open(_place($_[0]->get('keyring'))) }

sub verifier {
    my ($self) = @_;
    my %policy;
    for my $option (grep { defined $self->get($_) } keys %Poterne::Library::OPTIONS) {
        my $value = $self->get($option);
        $value = { yes => 1, no => 0 }->{$value} // $value;
        die "$self->{path}: $option is a whole number, or yes or no\n" unless $value =~ /\A\d{1,9}\z/a;
        $policy{$option} = $value;
    }
    return Poterne::Verifier->new($self->keyring, $self->get('application'), %policy);
}

sub column {
    my ($self) = @_;
    my ($driver, $source, $user, $password) = @{ $self->{database} };
    my %names;
    for (['table', 'table'], ['account_column', 'account'], ['record_column', 'record']) {
        $names{ $_->[1] } = $self->get($_->[0]) if defined $self->get($_->[0]);
    }
    my %attributes = Poterne::Column->attributes($driver);
    return Poterne::Column->new(sub { DBI->connect($source, $user, $password, {%attributes}) }, %names);
}

# SQLAlchemy's form, which all hosts share: product+driver://user:password@host:port/name?query.
sub _database {
    my ($self) = @_;
    my ($product, $place, $query) = $self->get('database') =~ m{\A([a-z0-9_]+)(?:\+[a-z0-9_]+)?://([^?]*)(?:\?(.*))?\z}
        or die "$self->{path}: database is no address\n";
    my ($user, $password);
    ($user, $password, $place) = ($1, $2, $3) if $place =~ /\A([^:@]*)(?::(.*))?@([^@]*)\z/s;
    ($user, $password) = map { defined $_ ? $self->_unescaped($_) : undef } $user, $password;
    my ($server, $name) = $place =~ m{\A([^/]*)(?:/(.*))?\z}s;
    $self->{has_password} = defined $password;
    my $file = $self->get('database_password_file');
    if (defined $file) {
        die "$self->{path}: database has a password already: keep one of the two\n" if defined $password;
        ($password) = scalar(_text(_place($file), 077)) =~ /\A([^\n]+)\n?\z/ or die "$file: one line, and nothing else\n";
    }
    my ($host, $port) = $server =~ /\A(\[[^]]*\]|[^:]*)(?::(\d+))?\z/ or die "$self->{path}: database has no host\n";
    $host =~ tr/[]//d;
    my @pairs = map { $self->_unescaped($_) } split /&/, $query // '';
    if ($product eq 'sqlite') {
        die "$self->{path}: the file of SQLite is an absolute path\n" unless $server eq '' && ($name // '') =~ m{\A/};
        return ['SQLite', "dbi:SQLite:dbname=$name", '', ''];
    }
    my %drivers = (postgresql => ['Pg', 'dbname'], postgres => ['Pg', 'dbname'], mariadb => ['MariaDB', 'database'], mysql => ['MariaDB', 'database']);
    my ($driver, $base) = @{ $drivers{$product} // die "$self->{path}: a Perl host has no driver for this database\n" };
    my %is_named = map { /\A([^=]*)/ ? ($1 => 1) : () } @pairs;
    push @pairs, map { "$_=$limits{$driver}{$_}" } grep { !$is_named{$_} } sort keys %{ $limits{$driver} };
    my $source = join ';', "dbi:$driver:$base=" . ($name // ''), (length $host ? "host=$host" : ()), ($port ? "port=$port" : ()), @pairs;
    return [$driver, $source, $user // '', $password // ''];
}

# What %C3%A9 stands for: the bytes of UTF-8.
sub _unescaped {
    my ($self, $text) = @_;
    utf8::encode($text);
    $text =~ s/%([0-9A-Fa-f]{2})/chr hex $1/ge;
    utf8::decode($text) or die "$self->{path}: database has escapes that are not UTF-8\n";
    return $text;
}

sub _place {
    my ($place) = @_;
    return $place unless $place =~ s{\A\$CREDENTIALS_DIRECTORY/}{};
    return ($ENV{CREDENTIALS_DIRECTORY} // die "systemd gave no credentials: start this by its unit\n") . "/$place";
}

# The text of a file that nobody else can touch, and its mode.
sub _text {
    my ($path, $forbidden) = @_;
    open my $file, '<:raw', $path or die "$path: $!\n";
    my ($mode, $owner) = (stat $file)[2, 4];
    die "$path: not a regular file\n" unless S_ISREG($mode);
    die "$path: the file belongs neither to root nor to this user\n" unless $owner == 0 || $owner == $>;
    die "$path: others can " . ($forbidden == 022 ? 'change' : 'read') . " it\n" if S_IMODE($mode) & $forbidden;
    die "$path: longer than 64 KiB\n" if -s $file > 65536;
    my $text = do { local $/; <$file> };
    utf8::decode($text) or die "$path: not UTF-8\n";
    $text =~ s/\A\x{feff}//;
    return wantarray ? ($text, S_IMODE($mode)) : $text;
}

1;
