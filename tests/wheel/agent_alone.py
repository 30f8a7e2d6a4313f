"""Run in an environment with the wheel and [agent] alone; see `try-wheel`."""

import importlib
import importlib.util
import pkgutil

import agent

FORBIDDEN = ("numpy", "sklearn", "scipy", "skops", "fastapi", "sqlalchemy")

names = [module.name for module in pkgutil.walk_packages(agent.__path__, "agent.")]
for name in names:
    if not name.endswith("__main__"):
        importlib.import_module(name)
found = [name for name in FORBIDDEN if importlib.util.find_spec(name)]
if found:
    raise SystemExit(f"[agent] alone brought along {', '.join(found)}")
print(f"{len(names)} agent modules imported; none of {', '.join(FORBIDDEN)} installed")
