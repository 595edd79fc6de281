use super::*;

#[test]
fn bad_deploy_fails_and_rolls_back_while_the_old_tasks_serve() {
    let mut world = world("bad-deploy");
    let (mut failed, mut back) = (None, None);
    for second in 0..420 {
        world.advance(opened() + SignedDuration::from_secs(second));
        let orders = service(&world, "prod", "orders");
        assert!(orders.running() >= 4, "old tasks serve throughout");
        let status = orders.service_deployments[0].status;
        if status == ServiceDeploymentStatus::RollbackInProgress {
            failed = failed.or(Some(second));
        } else if status == ServiceDeploymentStatus::RollbackSuccessful {
            back = back.or(Some(second));
        }
        if failed.is_some() && back.is_none() {
            assert!(
                orders
                    .deployments
                    .iter()
                    .any(|it| it.rollout == RolloutState::Failed)
            );
        }
    }
    let (failed, back) = (failed.unwrap(), back.unwrap());
    assert!((60..180).contains(&failed), "failed after {failed} s");
    assert!((failed + 100..360).contains(&back), "back after {back} s");
    let orders = service(&world, "prod", "orders");
    assert_eq!(said(orders, "deployment failed: tasks failed to start."), 1);
    assert_eq!(said(orders, "rolling back to"), 1);
    assert!(orders.task_definition.ends_with(":57"));
    let record = &orders.service_deployments[0];
    assert!(record.triggered && record.failure_count >= record.threshold && record.threshold == 3);
    let stopped = orders
        .tasks
        .iter()
        .find(|task| task.container.exit_code == Some(1))
        .unwrap();
    assert_eq!(stopped.stop_code, Some(StopCode::EssentialContainerExited));
    assert_eq!(stopped.started_at, None);
    assert!(lines(&world, "/ecs/prod/orders", "config key PAYMENT_URL missing") >= 3);
}

#[test]
fn crash_loop_is_silent_but_for_the_stopped_tasks() {
    let mut world = world("crash-loop");
    let before = service(&world, "prod-batch", "worker")
        .tasks
        .iter()
        .filter(|t| !t.wanted)
        .count();
    assert!(
        before >= 4,
        "it already loops when the world is opened, {before} stops"
    );
    world.advance(after(10));
    let worker = service(&world, "prod-batch", "worker");
    let stops = worker
        .tasks
        .iter()
        .filter(|task| task.container.exit_code == Some(139))
        .count();
    assert!(
        stops >= before + 20,
        "stops accumulate: {before}, then {stops}"
    );
    assert_eq!(worker.primary().unwrap().failed_tasks, 0);
    assert_eq!(said(worker, "unable to consistently start"), 0);
    let ran = worker
        .tasks
        .iter()
        .filter(|task| task.status == TaskStatus::Stopped);
    let lives = ran.map(|it| {
        it.execution_stopped_at
            .unwrap()
            .duration_since(it.started_at.unwrap())
    });
    let young = lives
        .filter(|life| (37..=53).contains(&life.as_secs()))
        .count();
    assert!(
        young + 6 >= stops,
        "they live for about 45 s: {young} of {stops}"
    );
    assert!(lines(&world, "/ecs/prod-batch/worker", "SIGSEGV") > 10);
}

#[test]
fn db_connections_run_out_and_several_services_fail() {
    let mut world = world("db-connections");
    assert!(connections(&world) > 300.0 && connections(&world) < 373.0);
    assert_eq!(alarm(&world, "rds-connections-high"), AlarmState::Ok);
    world.advance(after(20));
    assert!(
        connections(&world) / 408.0 > 0.9,
        "{} connections",
        connections(&world)
    );
    for name in [
        "rds-connections-high",
        "orders-5xx-high",
        "billing-5xx-high",
        "shop-unhealthy",
    ] {
        assert_eq!(alarm(&world, name), AlarmState::Alarm, "{name}");
    }
    assert!(
        lines(
            &world,
            "/ecs/prod/orders",
            "remaining connection slots are reserved"
        ) > 0
    );
    assert!(
        lines(&world, "/ecs/prod/cart", "connection slots") == 0,
        "cart uses no database"
    );
}

#[test]
fn recycling_the_leaking_tasks_frees_the_connections() {
    let mut world = world("db-connections");
    world.advance(after(10));
    let full = connections(&world);
    let arn = service(&world, "prod", "billing").arn.clone();
    world
        .force_new_deployment(PRODUCTION, &arn, "arn:aws:iam::123456789012:user/alice")
        .unwrap();
    world.advance(after(20));
    let freed = connections(&world);
    assert!(freed < full - 150.0, "{full} before, {freed} after");
}

#[test]
fn oom_kills_every_eleven_minutes() {
    let mut world = world("oom");
    world.advance(after(12));
    let report = service(&world, "prod-batch", "report");
    let killed: Vec<_> = report
        .tasks
        .iter()
        .filter(|task| task.container.exit_code == Some(137))
        .collect();
    assert!(killed.len() >= 6, "{} kills in an hour", killed.len());
    for task in killed {
        let reason = task.container.reason.as_deref().unwrap();
        assert!(reason.starts_with("OutOfMemoryError: Container killed due to memory usage"));
    }
    let dimensions = [("ClusterName", "prod-batch"), ("ServiceName", "report")];
    let series = world.account(PRODUCTION).unwrap().metrics.series(
        "AWS/ECS",
        "MemoryUtilization",
        &dimensions,
    );
    let peak = series
        .unwrap()
        .points
        .iter()
        .map(|point| point.maximum)
        .fold(0.0, f32::max);
    assert!(peak > 90.0, "memory is a saw-tooth up to {peak} %");
}

#[test]
fn throttled_drains_a_bucket_and_nothing_else() {
    let mut world = world("throttled");
    assert!(world.account(PRODUCTION).unwrap().pollers.is_empty());
    world.advance(after(1));
    let poller = &world.account(PRODUCTION).unwrap().pollers[0];
    assert_eq!(
        (poller.operation.as_str(), poller.until),
        ("DescribeServices", None)
    );
    assert!(poller.rate > 20.0, "faster than the bucket fills");
    assert!(world.accounts[1].pollers.is_empty());
    world.advance(after(26));
    let poller = &world.account(PRODUCTION).unwrap().pollers[0];
    assert_eq!(
        poller.until,
        Some(after(25)),
        "the script was found and stopped"
    );
}

#[test]
fn the_demo_opens_on_an_incident() {
    let world = world("demo");
    let orders = service(&world, "prod", "orders");
    assert_eq!((orders.running(), orders.desired), (0, 4));
    assert!(orders.task_definition.ends_with(":58"));
    let recent = |task: &&crate::sim::world::Task| {
        task.container.exit_code == Some(137) && task.stopping_at.is_some_and(|at| at > after(-10))
    };
    let stops = orders.tasks.iter().filter(recent).count();
    assert!((4..=10).contains(&stops), "{stops} stops in ten minutes");
    assert!(connections(&world) > 370.0, "{}", connections(&world));
    let dimensions = [("ClusterName", "prod"), ("ServiceName", "orders")];
    let account = world.account(PRODUCTION).unwrap();
    let memory = account
        .metrics
        .series("AWS/ECS", "MemoryUtilization", &dimensions)
        .unwrap();
    let last = memory.points.back().unwrap();
    assert!(
        last.maximum > 90.0 && last.start() < after(-5).as_second(),
        "{last:?}"
    );
    let search = service(&world, "prod", "search");
    assert_eq!(search.primary().unwrap().rollout, RolloutState::InProgress);
    assert_eq!(service(&world, "prod", "web").running(), 6);
    let groups = &world.account(PRODUCTION).unwrap().target_groups;
    let sick = |target: &&crate::sim::world::Target| target.state == TargetState::Unhealthy;
    let sick: Vec<_> = groups
        .iter()
        .flat_map(|group| &group.targets)
        .filter(sick)
        .collect();
    assert_eq!(sick.len(), 1);
    assert_eq!(sick[0].availability_zone, "eu-central-1b");
    let staging = &world.accounts[1].services;
    assert_eq!(
        staging
            .iter()
            .filter(|service| service.desired == 0)
            .count(),
        1
    );
}

#[test]
fn the_demo_gets_worse_in_its_first_minutes() {
    let mut world = world("demo");
    world.advance(after(5));
    assert_eq!(service(&world, "prod", "orders").running(), 0);
    let search = service(&world, "prod", "search");
    assert_eq!(
        search.service_deployments[0].status,
        ServiceDeploymentStatus::Successful
    );
    for name in [
        "rds-connections-high",
        "public-alb-5xx-high",
        "web-unhealthy-targets",
    ] {
        assert_eq!(alarm(&world, name), AlarmState::Alarm, "{name}");
    }
    let balancer = &world.account(PRODUCTION).unwrap().load_balancers[0].dimension;
    let dimensions = [("LoadBalancer", balancer.as_str())];
    let elb =
        |name, statistic| metric(&world, ("AWS/ApplicationELB", name), &dimensions, statistic);
    assert!(elb("TargetResponseTime", Statistic::P99) > 3.0);
    assert!(elb("HTTPCode_ELB_503_Count", Statistic::Sum) > 100.0);
    assert!(elb("HTTPCode_Target_5XX_Count", Statistic::Sum) > 20.0);
}

#[test]
fn a_slow_target_is_given_up_by_the_load_balancer_and_stays_healthy() {
    let mut world = world("slow-target");
    world.advance(after(3));
    let balancer = &world.account(PRODUCTION).unwrap().load_balancers[0].dimension;
    let dimensions = [("LoadBalancer", balancer.as_str())];
    let elb =
        |name, statistic| metric(&world, ("AWS/ApplicationELB", name), &dimensions, statistic);
    assert!(elb("HTTPCode_ELB_504_Count", Statistic::Sum) > 20.0);
    assert!(elb("TargetResponseTime", Statistic::P99) >= 60.0);
    let web = service(&world, "prod", "web");
    assert_eq!(web.running(), 6);
    let group = world.account(PRODUCTION).unwrap().target_groups.iter();
    let mut targets = group
        .filter(|group| group.service == web.arn)
        .flat_map(|group| &group.targets)
        .filter(|target| target.state != TargetState::Draining);
    assert!(targets.all(|target| target.state == TargetState::Healthy));
}
