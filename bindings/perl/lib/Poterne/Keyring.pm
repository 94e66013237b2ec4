package Poterne::Keyring;

# The keys that seal records: a file of mode 0600, the same on all servers, never in the database.

use strict;
use warnings;

use Poterne::Library qw(call known new_handle text_of);

sub open { return $_[0]->_new('keyring_open', known($_[1])) }

# From the text of a credential store. Wipe yours afterwards: Poterne::wipe.
sub parse { return $_[0]->_new('keyring_parse', known($_[1])) }

sub generate { return $_[0]->_new('keyring_generate', $_[1]) }

sub add { return $_[0]->_change('keyring_add', $_[1]) }

sub promote { return $_[0]->_change('keyring_promote', $_[1]) }

sub remove { return $_[0]->_change('keyring_remove', $_[1]) }

# All keys in clear.
sub to_text { return text_of(16386, 'keyring_to_text', $_[0]{handle}) }

sub handle { return $_[0]{handle} }

sub _new {
    my ($class, @call) = @_;
    return bless { handle => new_handle(@call), process => $$ }, $class;
}

sub _change {
    my ($self, $name, $id) = @_;
    my $status = call($name, $self->{handle}, $id);
    die Poterne::Error->new($status) if $status != 0;
    return $self;
}

# A thread has no copy: the handle would be freed twice.
sub CLONE_SKIP { return 1 }

sub DESTROY {
    my ($self) = @_;
    # At the program's end the library's functions are gone, in any order, and the memory with them.
    return if ${^GLOBAL_PHASE} eq 'DESTRUCT';
    call('keyring_free', delete $self->{handle}) if $self->{handle};
    return;
}

1;
