from typing import Any

from django.db import migrations, models

from poterne.django.conf import configuration

# As the guide has them (databases.md): no column folds or cuts.
_COLUMNS = {
    "sqlite": ("TEXT NOT NULL PRIMARY KEY", "TEXT NOT NULL"),
    "postgresql": ("VARCHAR(255) NOT NULL PRIMARY KEY", "VARCHAR(504) NOT NULL"),
    "mysql": (
        "VARCHAR(255) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL PRIMARY KEY",
        "VARCHAR(504) CHARACTER SET ascii COLLATE ascii_bin NOT NULL",
    ),
    "oracle": ("VARCHAR2(255 CHAR) NOT NULL PRIMARY KEY", "VARCHAR2(504) NOT NULL"),
}


def create(apps: Any, schema_editor: Any) -> None:
    """The table, unless another host of the same records has made it."""
    wanted, connection = configuration(), schema_editor.connection
    if connection.alias != wanted.database:
        return
    schema, _, table = wanted.table.rpartition(".")
    if not schema and table in connection.introspection.table_names():
        return
    account, record = _COLUMNS[connection.vendor]
    engine = " ENGINE = InnoDB" if connection.vendor == "mysql" else ""
    exists = "IF NOT EXISTS " if schema else ""
    schema_editor.execute(
        f"CREATE TABLE {exists}{wanted.table} ({wanted.account_column} {account}, {wanted.record_column} {record}){engine}"
    )


def keep(apps: Any, schema_editor: Any) -> None:
    """Records are of no migration: `migrate poterne zero` leaves them. Drop the table by hand."""


class Migration(migrations.Migration):
    initial = True
    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.RunPython(create, keep)],
            state_operations=[
                migrations.CreateModel(
                    name="Record",
                    fields=[
                        ("account", models.CharField(db_column=configuration().account_column, max_length=255, primary_key=True, serialize=False, verbose_name="account")),
                        ("record", models.CharField(db_column=configuration().record_column, max_length=504)),
                    ],
                    options={
                        "db_table": configuration().table,
                        "default_permissions": (),
                        "permissions": [("help_desk", "Can work at the help desk of the second factor")],
                        "verbose_name": "Two-step sign-in",
                        "verbose_name_plural": "Help desk of the second factor",
                    },
                )
            ],
        )
    ]
