use super::*;

#[test]
fn a_redeployment_replaces_every_task_and_says_so() {
    let mut world = world("steady");
    let arn = service(&world, "prod", "cart").arn.clone();
    let old: HashSet<_> = service(&world, "prod", "cart")
        .tasks
        .iter()
        .map(|task| task.id.clone())
        .collect();
    world
        .force_new_deployment(PRODUCTION, &arn, OPERATOR)
        .unwrap();
    let primary = service(&world, "prod", "cart").primary().unwrap();
    assert_eq!(primary.rollout, RolloutState::InProgress);
    for second in 1..400 {
        world.advance(opened() + SignedDuration::from_secs(second));
        assert!(
            service(&world, "prod", "cart").running() >= 3,
            "capacity never falls"
        );
    }
    let cart = service(&world, "prod", "cart");
    let deployment = &cart.service_deployments[0];
    assert_eq!(deployment.status, ServiceDeploymentStatus::Successful);
    assert_eq!(
        (deployment.by.as_str(), cart.deployments.len()),
        (OPERATOR, 1)
    );
    assert!(
        cart.tasks
            .iter()
            .filter(|task| task.wanted)
            .all(|task| !old.contains(&task.id))
    );
    assert!(said(cart, "has started") >= 1 && said(cart, "has stopped") >= 1);
    assert_eq!(said(cart, "deployment completed."), 1);
    assert!(
        cart.events[0]
            .message
            .ends_with("has reached a steady state.")
    );
}

#[test]
fn a_second_deployment_takes_over_the_first() {
    let mut world = world("steady");
    let arn = service(&world, "prod", "cart").arn.clone();
    world
        .force_new_deployment(PRODUCTION, &arn, OPERATOR)
        .unwrap();
    world.advance(after(1));
    world
        .force_new_deployment(PRODUCTION, &arn, OPERATOR)
        .unwrap();
    assert_eq!(
        service(&world, "prod", "cart").service_deployments[1].status,
        ServiceDeploymentStatus::Stopped
    );
    world.advance(after(9));
    let cart = service(&world, "prod", "cart");
    assert_eq!(
        cart.service_deployments[0].status,
        ServiceDeploymentStatus::Successful
    );
    assert_eq!((cart.deployments.len(), cart.running()), (1, 3));
}

#[test]
fn a_stopped_deployment_goes_back() {
    let mut world = world("steady");
    let arn = service(&world, "prod", "cart").arn.clone();
    world
        .force_new_deployment(PRODUCTION, &arn, OPERATOR)
        .unwrap();
    world.advance(after(1));
    let deployment = service(&world, "prod", "cart").service_deployments[0]
        .arn
        .clone();
    world
        .stop_service_deployment(PRODUCTION, &deployment, true)
        .unwrap();
    world.advance(after(6));
    let cart = service(&world, "prod", "cart");
    let status = cart.service_deployments[0].status;
    assert_eq!(status, ServiceDeploymentStatus::RollbackSuccessful);
    assert_eq!(
        (cart.running(), cart.primary().unwrap().rollout),
        (3, RolloutState::Completed)
    );
    let again = world.stop_service_deployment(PRODUCTION, &deployment, true);
    assert_eq!(again, Err(Refusal::DeploymentOver("ROLLBACK_SUCCESSFUL")));
}

#[test]
fn a_stopped_task_is_replaced_and_forgotten_after_an_hour() {
    let mut world = world("steady");
    let task = service(&world, "prod", "cart").tasks[0].id.clone();
    world
        .stop_task(PRODUCTION, &task, Some("firstline: alice: recycled"))
        .unwrap();
    world.advance(after(5));
    let stopped = world.account(PRODUCTION).unwrap().task(&task).unwrap();
    assert_eq!(stopped.status, TaskStatus::Stopped);
    assert_eq!(stopped.stop_code, Some(StopCode::UserInitiated));
    assert_eq!(
        stopped.stopped_reason.as_deref(),
        Some("firstline: alice: recycled")
    );
    let gone = stopped.stopped_at.unwrap() + SignedDuration::from_hours(1);
    assert_eq!(service(&world, "prod", "cart").running(), 3);
    world.advance(gone - SignedDuration::from_secs(1));
    assert!(world.account(PRODUCTION).unwrap().task(&task).is_some());
    world.advance(gone);
    assert!(world.account(PRODUCTION).unwrap().task(&task).is_none());
    assert_eq!(
        world.stop_task(PRODUCTION, &task, None),
        Err(Refusal::TaskNotFound)
    );
}

#[test]
fn zero_and_back() {
    let mut world = world("steady");
    let arn = service(&world, "prod", "cart").arn.clone();
    world.set_desired(PRODUCTION, &arn, 0).unwrap();
    world.advance(after(3));
    assert_eq!(service(&world, "prod", "cart").running(), 0);
    let group = service(&world, "prod", "cart")
        .target_group
        .clone()
        .unwrap();
    assert!(
        world
            .account(PRODUCTION)
            .unwrap()
            .target_group(&group)
            .unwrap()
            .targets
            .is_empty()
    );
    world.set_desired(PRODUCTION, &arn, 2).unwrap();
    world.advance(after(6));
    let cart = service(&world, "prod", "cart");
    assert_eq!(
        (cart.running(), cart.deployments.len()),
        (2, 1),
        "no deployment is made of it"
    );
}

#[test]
fn registering_a_scalable_target_moves_the_service_inside() {
    let mut world = world("steady");
    let arn = service(&world, "prod", "orders").arn.clone();
    world.set_desired(PRODUCTION, &arn, 0).unwrap();
    let request = ScalableTargetRequest {
        resource_id: "service/prod/orders".to_owned(),
        scheduled_suspended: Some(true),
        ..ScalableTargetRequest::default()
    };
    world
        .register_scalable_target(PRODUCTION, &request)
        .unwrap();
    assert_eq!(
        service(&world, "prod", "orders").desired,
        2,
        "clamped though only a flag was sent"
    );
    let request = ScalableTargetRequest {
        min: Some(0),
        max: Some(1),
        ..request
    };
    world
        .register_scalable_target(PRODUCTION, &request)
        .unwrap();
    assert_eq!(service(&world, "prod", "orders").desired, 1);
    let request = ScalableTargetRequest {
        min: Some(5),
        max: Some(1),
        ..request
    };
    assert!(
        world
            .register_scalable_target(PRODUCTION, &request)
            .is_err()
    );
}

#[test]
fn tags_merge_and_go() {
    let mut world = world("steady");
    let arn = service(&world, "prod", "cart").arn.clone();
    let tag = |key: &str| Tags::from([(key.to_owned(), "1".to_owned())]);
    world.tag(PRODUCTION, &arn, tag("firstline:lock")).unwrap();
    let tags = &service(&world, "prod", "cart").tags;
    assert!(tags.contains_key("firstline:lock") && tags.contains_key("owner"));
    world
        .untag(PRODUCTION, &arn, &["firstline:lock".to_owned()])
        .unwrap();
    assert!(
        !service(&world, "prod", "cart")
            .tags
            .contains_key("firstline:lock")
    );
    assert_eq!(
        world.tag(PRODUCTION, "arn:none", tag("x")),
        Err(Refusal::ResourceNotFound)
    );
}
