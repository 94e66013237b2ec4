<?php

declare(strict_types=1);

namespace Poterne;

/** Not a login. Its message is the status's name, for the journal: `refused.replayed`, `error.store`. */
abstract class Denied extends \RuntimeException
{
    public function __construct(public readonly int $status, public readonly int $waitSeconds = 0, public readonly int $clockOffSteps = 0)
    {
        parent::__construct(Library::nameOf($status), $status);
    }

    /** What to tell the user, in `en` or `fr`. */
    public function messageToUser(string $language): string
    {
        return Library::messageToUser($this->status, $this->waitSeconds, $language);
    }
}
