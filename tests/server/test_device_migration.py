"""A folder of before: devices get their new columns, and a key that two have stays the first's."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import create_engine

from server import migrations

ADD = (
    "INSERT INTO devices (id, organisation, person, public_key, token_hash, platform,"
    " agent_version, enrolled_us) VALUES (?, 1, x'01', ?, ?, 'p', '1', ?)"
)
DEVICES = (("aa", 5), ("aa", 3), ("bb", 9))


def test_of_two_devices_with_one_key_the_later_is_revoked(tmp_path: Path) -> None:
    config = Config()
    config.set_main_option("script_location", str(Path(migrations.__path__[0])))
    engine = create_engine(f"sqlite:///{tmp_path / 'before.db'}")
    with engine.connect() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0005")
        for statement in (
            "INSERT INTO organisations (id, name, created_us) VALUES (1, 'o', 0)",
            "INSERT INTO people (id, organisation, name, role) VALUES (x'01', 1, 'p', 'trainer')",
        ):
            connection.exec_driver_sql(statement)
        for number, (key, enrolled_us) in enumerate(DEVICES):
            values = (bytes([number]), bytes.fromhex(key), bytes([16 + number]), enrolled_us)
            connection.exec_driver_sql(ADD, values)
        connection.commit()
        command.upgrade(config, "0007")
        rows = connection.exec_driver_sql("SELECT hex(id), revoked_us FROM devices ORDER BY id")
        assert rows.all() == [("00", 5), ("01", None), ("02", None)]
    engine.dispose()
