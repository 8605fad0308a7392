from localcloud.cloud.inside.mends.ecs_containers import docker_health_check


def test_a_health_check_is_translated_for_docker() -> None:
    check = {"command": ["CMD-SHELL", "curl -f localhost"], "interval": 5, "timeout": 2, "retries": 4, "startPeriod": 1}
    assert docker_health_check(check) == {
        "test": ["CMD-SHELL", "curl -f localhost"],
        "interval": 5_000_000_000,
        "timeout": 2_000_000_000,
        "retries": 4,
        "start_period": 1_000_000_000,
    }


def test_a_health_check_has_the_defaults_of_ecs() -> None:
    assert docker_health_check({"command": ["CMD", "true"]}) == {
        "test": ["CMD", "true"],
        "interval": 30_000_000_000,
        "timeout": 5_000_000_000,
        "retries": 3,
        "start_period": 0,
    }


def test_without_one_the_images_own_is_switched_off() -> None:
    assert docker_health_check(None) == {"test": ["NONE"]}
