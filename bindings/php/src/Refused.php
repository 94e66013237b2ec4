<?php

declare(strict_types=1);

namespace Poterne;

/** A verdict: no. */
final class Refused extends Denied
{
}
