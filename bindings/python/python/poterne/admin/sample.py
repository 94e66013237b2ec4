"""Letters of nobody, to look at a template."""

from __future__ import annotations

import datetime
from typing import List, Optional, Sequence

from poterne import OtpauthUri, Secret
from poterne.admin.employees import Employee
from poterne.admin.language import Say
from poterne.admin.letters import Letter
from poterne.admin.site import Site


def sample_letters(site: Site, employees: Optional[Sequence[Employee]] = None) -> List[Letter]:
    """Their secrets are fresh, stored nowhere, and work nowhere."""
    issuer = site.settings.issuer or site.settings.application
    day = datetime.date.today() + datetime.timedelta(days=site.settings.policy.confirm_within_days)
    return [
        Letter(
            number,
            employee,
            OtpauthUri.build(Secret.generate(), issuer, employee.account, allow_incompatible=site.settings.policy.allow_incompatible),
            day,
        )
        for number, employee in enumerate(invented(site.console.say) if employees is None else employees, 1)
    ]


def invented(say: Say) -> List[Employee]:
    """Short and long ones, in both languages."""
    short = say("Finance", "Direction des finances")
    long = say(
        "Directorate for Social Cohesion, Integration, Autonomy and the Protection of Children, Benefits Section, Northern Territory",
        "Direction générale adjointe de la solidarité, de l’insertion, de l’autonomie et de la protection de l’enfance, service des prestations",
    )
    name = "Marie-Charlotte de La Rochefoucauld-Montmorency d’Harcourt-Beuvron Saint-Exupéry"
    account = "marie-charlotte.de-la-rochefoucauld-montmorency-dharcourt-beuvron@administration.example"
    return [
        Employee(0, account if is_long else "004512", name if is_long else "Camille Martin", long if is_long else short, language)
        for language in ("fr", "en")
        for is_long in (False, True)
    ]
