<?php

declare(strict_types=1);

namespace Poterne;

/** A ticket that came back, and the purpose and context for which it must have been made. */
final class Ticket
{
    public function __construct(
        #[\SensitiveParameter] public readonly string $text,
        public readonly string $purpose,
        #[\SensitiveParameter] public readonly string $context,
    ) {
    }
}
