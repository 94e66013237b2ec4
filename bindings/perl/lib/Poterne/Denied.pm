package Poterne::Denied;

# Why nobody gets in: Poterne::Refused is the verdict "no", Poterne::Error is no verdict at all.

use strict;
use warnings;
use overload '""' => sub { $_[0]->code }, bool => sub { 1 }, fallback => 1;

use Poterne::Library ();

sub new {
    my ($class, $status, %details) = @_;
    return bless { status => $status, wait_seconds => 0, clock_off_steps => 0, %details }, $class;
}

sub status { return $_[0]{status} }

# For the application's journal: `refused.replayed`, `error.store`.
sub code { return Poterne::Library::text_of(64, 'status_name', $_[0]{status}) }

# For the end user. Show Wait and Locked only once the password is right (norm, 7.10).
sub message_to_user {
    my ($self, $language) = @_;
    return $self->_message('message_to_user', $language, $self->{wait_seconds});
}

# For an enrollment page.
sub message_at_enrollment { return $_[0]->_message('message_at_enrollment', $_[1], $_[0]->_detail) }

# For the help desk and the operators.
sub message { return $_[0]->_message('message', $_[1], $_[0]->_detail) }

sub _detail { return $_[0]{wait_seconds} || $_[0]{clock_off_steps} }

sub _message {
    my ($self, $name, $language, $detail) = @_;
    return Poterne::Library::text_of(256, $name, $self->{status}, $detail, Poterne::Library::known($language // 'en'));
}

package Poterne::Refused;

our @ISA = ('Poterne::Denied');

# The name without `refused.`, such as `replayed`.
sub refusal { return substr $_[0]->code, length 'refused.' }

sub wait_seconds { return $_[0]{wait_seconds} }

# Negative if the phone is slow.
sub clock_off_steps { return $_[0]{clock_off_steps} }

package Poterne::Error;

our @ISA = ('Poterne::Denied');

# The name without `error.`, such as `store`.
sub kind { return substr $_[0]->code, length 'error.' }

# What the database said, as its SQLSTATE; never its text, which may hold a record.
sub reason { return $_[0]{reason} }

1;
