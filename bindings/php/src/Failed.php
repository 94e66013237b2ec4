<?php

declare(strict_types=1);

namespace Poterne;

/** No verdict, such as a database that is down. Refuse, look at the journal, and answer 503. */
final class Failed extends Denied
{
}
