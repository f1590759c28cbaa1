"""Options of the tests, and where their fixtures are."""


def pytest_addoption(parser):
    parser.addoption("--hard", action="store_true", help="run every case")
    parser.addoption(
        "--seed", type=int, default=0, help="of the random numbers of a test"
    )


def pytest_configure(config):
    """Load the fixtures, but not where xdist only deals out the tests."""
    options = config.option
    if options.collectonly or getattr(options, "dist", "no") == "no":
        for name in ("shared", "archives", "sites"):
            config.pluginmanager.import_plugin(name)
