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
        for number, employee in enumerate(invented() if employees is None else employees, 1)
    ]


def invented() -> List[Employee]:
    """Short and long ones, in both languages, whoever looks at them."""
    name = "Marie-Charlotte de La Rochefoucauld-Montmorency d’Harcourt-Beuvron Saint-Exupéry"
    account = "marie-charlotte.de-la-rochefoucauld-montmorency-dharcourt-beuvron@administration.example"
    employees = []
    for language in ("fr", "en"):
        say = Say(language)
        long = say(
            "Directorate for Social Cohesion, Integration, Autonomy and the Protection of Children, Benefits Section, Northern Territory",
            "Direction générale adjointe de la solidarité, de l’insertion, de l’autonomie et de la protection de l’enfance, service des prestations",
        )
        employees += [
            Employee(0, "004512", "Camille Martin", say("Finance", "Direction des finances"), language),
            Employee(0, account, name, long, language),
        ]
    return employees
