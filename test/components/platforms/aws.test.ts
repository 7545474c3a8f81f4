import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import fc from "fast-check";
import { createPlatform } from "../../../components/platforms/createPlatform";
import type { Platform } from "../../../components/platforms/platform";
import { neverRestored } from "../../../changes/restores";
import { anyVpc, awsOutputs, awsResults, existingBastion, zones } from "../../support/awsOutputs";
import { configOf } from "../../support/configOf";
import { newData } from "../../support/firstUpdate";
import { type MockPulumi, mockPulumi, type RegisteredResource, valueOf } from "../../support/mockPulumi";

const allowed = "203.0.113.7/32";
const small = { awsZones: zones.slice(0, 2), controlPlaneNodes: 1, workerNodes: 1, awsVpc: { nat: "single" } };
const existing = {
    awsZones: zones.slice(0, 2),
    awsVpc: { id: "vpc-1a", privateSubnets: ["subnet-1a", "subnet-1b"], publicSubnets: ["subnet-2a", "subnet-2b"] },
};

describe("platform aws", () => {
    describe("of one control plane and one worker in two zones", () => {
        let engine: MockPulumi;
        let platform: Platform;

        before(async () => {
            ({ engine, platform } = await make(small));
        });

        it("is made of these resources", async () => {
            assert.deepEqual(await treeOf(engine), {
                "": ["Aws machines", "RandomId stack-data"],
                machines: [
                    "AwsBastion machines-bastion",
                    "AwsDns machines-dns",
                    "AwsIam machines",
                    "AwsLoadBalancer machines-api",
                    "AwsMachine machines-control-plane-1",
                    "AwsMachine machines-worker-1",
                    "AwsNetwork machines-network",
                    "AwsPools machines-pools",
                    "AwsSecurityGroups machines-allow",
                    "PrivateKey machines-login",
                ],
                "AwsBastion machines-bastion": ["AwsMachine machines-bastion", "Eip machines-bastion"],
                "AwsDns machines-dns": ["Record machines-dns", "Zone machines-dns"],
                "AwsIam machines": [
                    "InstanceProfile machines-control-plane",
                    "InstanceProfile machines-worker",
                    "Role machines-control-plane",
                    "Role machines-worker",
                ],
                "AwsLoadBalancer machines-api": [
                    "Listener machines-api",
                    "LoadBalancer machines-api",
                    "TargetGroup machines-api",
                    "TargetGroupAttachment machines-api-control-plane-1",
                ],
                "AwsMachine machines-bastion": machineOf("bastion"),
                "AwsMachine machines-control-plane-1": machineOf("control-plane-1"),
                "AwsMachine machines-worker-1": machineOf("worker-1"),
                "AwsNetwork machines-network": [
                    "Eip machines-network-nat-eu-central-1a",
                    "InternetGateway machines-network-internet",
                    "NatGateway machines-network-nat-eu-central-1a",
                    "Route machines-network-private-eu-central-1a",
                    "Route machines-network-private-eu-central-1b",
                    "Route machines-network-public",
                    "RouteTable machines-network-private-eu-central-1a",
                    "RouteTable machines-network-private-eu-central-1b",
                    "RouteTable machines-network-public",
                    "RouteTableAssociation machines-network-private-eu-central-1a",
                    "RouteTableAssociation machines-network-private-eu-central-1b",
                    "RouteTableAssociation machines-network-public-eu-central-1a",
                    "RouteTableAssociation machines-network-public-eu-central-1b",
                    "Subnet machines-network-private-eu-central-1a",
                    "Subnet machines-network-private-eu-central-1b",
                    "Subnet machines-network-public-eu-central-1a",
                    "Subnet machines-network-public-eu-central-1b",
                    "Vpc machines-network",
                ],
            });
        });

        it("has a rule on each side that AWS keeps closed, with its ports and its reason", async () => {
            assert.deepEqual(
                (await engine.resources())
                    .filter(({ type }) => /SecurityGroup(In|E)gressRule$/.test(type))
                    .map(({ type, inputs }) => ruleText(type, inputs))
                    .sort(),
                [
                    "in bastion < 203.0.113.7/32 tcp 22-22: SSH comes in through the bastion alone",
                    "in control-plane < bastion tcp 22-22: steps of pulumi up, and people",
                    "in control-plane < control-plane icmp 3-4: path MTU discovery",
                    "in control-plane < control-plane tcp 10250-10250: logs, exec and port-forward",
                    "in control-plane < control-plane tcp 2379-2380: clients and peers of etcd",
                    "in control-plane < control-plane tcp 6443-6443: pods reach the Service kubernetes without the load balancer",
                    "in control-plane < control-plane udp 8472-8472: pod network, VXLAN of flannel",
                    "in control-plane < load-balancer tcp 6443-6443: connections and health checks",
                    "in control-plane < worker icmp 3-4: path MTU discovery",
                    "in control-plane < worker tcp 10250-10250: metrics-server on a worker",
                    "in control-plane < worker tcp 6443-6443: pods reach the Service kubernetes without the load balancer",
                    "in control-plane < worker udp 8472-8472: pod network, VXLAN of flannel",
                    "in load-balancer < bastion tcp 6443-6443: kubectl of the admin steps",
                    "in load-balancer < control-plane tcp 6443-6443: joins, kubelets and kube-proxy",
                    "in load-balancer < worker tcp 6443-6443: joins, kubelets and kube-proxy",
                    "in worker < bastion tcp 22-22: steps of pulumi up, and people",
                    "in worker < control-plane icmp 3-4: path MTU discovery",
                    "in worker < control-plane tcp 10250-10250: logs, exec and port-forward",
                    "in worker < control-plane udp 8472-8472: pod network, VXLAN of flannel",
                    "in worker < worker icmp 3-4: path MTU discovery",
                    "in worker < worker tcp 10250-10250: metrics-server on a worker",
                    "in worker < worker udp 8472-8472: pod network, VXLAN of flannel",
                    "out bastion > 0.0.0.0/0 -1: packages, software and images",
                    "out control-plane > 0.0.0.0/0 -1: packages, software and images",
                    "out load-balancer > control-plane tcp 6443-6443: connections and health checks",
                    "out worker > 0.0.0.0/0 -1: pods call whom they call",
                ],
            );
        });

        it("has a load balancer that passes TLS through to what is ready, and sends nobody back to himself", async () => {
            const [balancer, targets, listener, attachment] = await Promise.all(
                [
                    "aws:lb/loadBalancer:LoadBalancer",
                    "aws:lb/targetGroup:TargetGroup",
                    "aws:lb/listener:Listener",
                    "aws:lb/targetGroupAttachment:TargetGroupAttachment",
                ].map((type) => only(engine, type)),
            );

            assert.deepEqual(without(balancer?.inputs, "tags"), {
                loadBalancerType: "network",
                internal: true,
                subnets: ["machines-network-private-eu-central-1a-id", "machines-network-private-eu-central-1b-id"],
                securityGroups: ["machines-allow-load-balancer-id"],
                enableCrossZoneLoadBalancing: true,
            });
            assert.deepEqual(without(targets?.inputs, "tags"), {
                vpcId: "machines-network-id",
                protocol: "TCP",
                port: 6443,
                targetType: "instance",
                preserveClientIp: "false",
                deregistrationDelay: 30,
                connectionTermination: true,
                healthCheck: {
                    protocol: "HTTPS",
                    path: "/readyz",
                    port: "6443",
                    matcher: "200",
                    interval: 5,
                    timeout: 4,
                    healthyThreshold: 2,
                    unhealthyThreshold: 2,
                },
            });
            assert.deepEqual(without(listener?.inputs, "tags"), {
                loadBalancerArn: "arn of machines-api",
                protocol: "TCP",
                port: 6443,
                defaultActions: [{ type: "forward", targetGroupArn: "arn of targets machines-api" }],
                tcpIdleTimeoutSeconds: 6000,
            });
            assert.equal(attachment?.inputs.targetId, "machines-control-plane-1-id");
        });

        it("has a name for the API server inside the VPC, which is a zone of its own", async () => {
            const zone = await only(engine, "aws:route53/zone:Zone");
            const record = await only(engine, "aws:route53/record:Record");

            assert.deepEqual(
                [zone.inputs.name, zone.inputs.vpcs],
                ["api.dev.internal", [{ vpcId: "machines-network-id" }]],
            );
            assert.deepEqual(record.inputs, {
                zoneId: "zone of machines-dns",
                name: "api.dev.internal",
                type: "A",
                aliases: [
                    {
                        name: "machines-api.elb.example.com",
                        zoneId: "Z of machines-api",
                        evaluateTargetHealth: false,
                    },
                ],
            });
            assert.deepEqual(await valueOf(platform.endpoint), {
                forNodes: "api.dev.internal:6443",
                forOperator: "127.0.0.1:16443",
            });
            assert.deepEqual(
                await Promise.all(platform.wayToEndpoint.map((each) => valueOf(each.urn))).then((urns) =>
                    urns.map(nameOf),
                ),
                ["machines-api", "machines-dns"],
            );
        });

        it("has no load balancer of the program's own, and says when an API server may end", () => {
            assert.equal(platform.loadBalancer, undefined);
            assert.deepEqual(platform.apiServerExtraArgs, { "shutdown-delay-duration": "20s" });
        });

        it("has a control plane that only the program ends, with a disk for etcd", async () => {
            const { inputs, options } = await instanceOf(engine, "control-plane-1");

            assert.deepEqual(without(inputs, "userData", "tags", "rootBlockDevice", "ebsBlockDevices"), {
                ami: "newest of /aws/service/debian/release/13/latest/arm64",
                userDataReplaceOnChange: true,
                instanceType: "t4g.medium",
                subnetId: "machines-network-private-eu-central-1a-id",
                vpcSecurityGroupIds: ["machines-allow-control-plane-id"],
                iamInstanceProfile: "name of machines-control-plane",
                metadataOptions: {
                    httpEndpoint: "enabled",
                    httpTokens: "required",
                    httpPutResponseHopLimit: 1,
                    instanceMetadataTags: "disabled",
                },
                disableApiTermination: true,
                forceDestroy: true,
            });
            const disk = { volumeType: "gp3", encrypted: true, deleteOnTermination: true };
            assert.deepEqual(without(inputs.rootBlockDevice, "tags"), { ...disk, volumeSize: 40 });
            assert.deepEqual(
                (inputs.ebsBlockDevices as unknown[]).map((each) => without(each, "tags")),
                [{ ...disk, deviceName: "/dev/sdf", volumeSize: 20 }],
            );
            assert.deepEqual(options.replaceOnChanges, ["instanceType"]);
        });

        it("keeps a machine to which Kubernetes attached volumes", async () => {
            const { options } = await instanceOf(engine, "worker-1");

            assert.deepEqual(options.ignoreChanges, ["ebsBlockDevices"]);
        });

        it("makes a machine when the network lets it get its packages", async () => {
            const { options } = await instanceOf(engine, "worker-1");
            const names = options.dependsOn.map(nameOf);

            assert.ok(names.includes("machines-network-private-eu-central-1a"));
            assert.ok(names.includes("machines-allow-worker-to-anybody-all-out"));
        });

        it("keeps the user data, which has the host key, secret", async () => {
            const instance = await instanceOf(engine, "worker-1");
            const stash = await engine.resource("machines-worker-1-user-data");

            assert.match(String(instance.inputs.userData), /private openssh machines-worker-1-host-key/);
            assert.equal(instance.isSecret("userData"), true);
            assert.deepEqual(instance.options.additionalSecretOutputs, ["userData"]);
            assert.equal(stash.isSecret("input"), true);
        });

        it("reaches every machine over the bastion, with the host key of both pinned", async () => {
            const [worker] = platform.machines.filter(({ role }) => role === "worker");
            const { host, hostKey, proxy } = worker?.connection ?? {};
            const values = [host, hostKey, proxy?.host, proxy?.hostKey, platform.admin.connection.proxy];

            assert.deepEqual(await Promise.all(values.map((value) => valueOf(pulumi.output(value)))), [
                "10.0.0.1 of machines-worker-1",
                "public openssh machines-worker-1-host-key",
                "198.51.100.1 of machines-bastion",
                "public openssh machines-bastion-host-key",
                undefined,
            ]);
            assert.equal(
                await valueOf(platform.knownHosts),
                [
                    "198.51.100.1 of machines-bastion public openssh machines-bastion-host-key\n",
                    "10.0.0.1 of machines-control-plane-1 public openssh machines-control-plane-1-host-key\n",
                    "10.0.0.1 of machines-worker-1 public openssh machines-worker-1-host-key\n",
                ].join(""),
            );
        });

        it("tells Kubernetes which instance a node is, and where", async () => {
            const [, worker] = platform.machines;

            assert.deepEqual(await valueOf(pulumi.output(worker?.kubeletArgs)), {
                "node-labels": [
                    "node.kubernetes.io/instance-type=t4g.medium",
                    "topology.kubernetes.io/region=eu-central-1",
                    "topology.kubernetes.io/zone=eu-central-1a",
                ].join(","),
                "provider-id": "aws:///eu-central-1a/machines-worker-1-id",
            });
        });

        it("gives its roles no permission", async () => {
            const types = (await engine.resources()).map(({ type }) => type);

            assert.deepEqual(
                types.filter((type) => /iam.*Polic/.test(type)),
                [],
            );
        });

        it("registers the same in a preview", async () => {
            const made = (await engine.resources()).map(({ urn }) => urn);

            const previewed = await make(small, {}, true);

            assert.deepEqual(
                (await previewed.engine.resources()).map(({ urn }) => urn),
                made,
            );
        });
    });

    it("of five control planes in three zones spreads them, with a way out in each zone", async () => {
        const { engine, platform } = await make({ awsZones: zones, controlPlaneNodes: 5, workerNodes: 4 });

        const subnets = await Promise.all(
            platform.machines.map(async ({ name }) => {
                const { subnetId } = (await instanceOf(engine, name)).inputs;
                return `${name} ${String(subnetId).replace("machines-network-private-eu-central-1", "")}`;
            }),
        );
        assert.deepEqual(subnets, [
            "control-plane-1 a-id",
            "control-plane-2 b-id",
            "control-plane-3 c-id",
            "control-plane-4 a-id",
            "control-plane-5 b-id",
            "worker-1 a-id",
            "worker-2 b-id",
            "worker-3 c-id",
            "worker-4 a-id",
        ]);
        const count = (await engine.resources()).filter(({ type }) => type === "aws:ec2/natGateway:NatGateway").length;
        const routes = (await engine.resources()).filter(({ inputs }) => "natGatewayId" in inputs);
        assert.equal(count, 3);
        assert.deepEqual(
            routes.map(({ inputs }) => inputs.natGatewayId),
            zones.map((zone) => `machines-network-nat-${zone}-id`),
        );
        const targets = (await engine.resources()).filter(({ type }) => type.endsWith(":TargetGroupAttachment"));
        assert.deepEqual(
            targets.map(({ inputs }) => inputs.targetId),
            [1, 2, 3, 4, 5].map((number) => `machines-control-plane-${number}-id`),
        );
    });

    it("in a VPC that is there makes no part of a network", async () => {
        const { engine } = await make(existing, anyVpc);
        const tree = await treeOf(engine);

        assert.equal(tree["AwsNetwork machines-network"], undefined);
        assert.equal((await instanceOf(engine, "worker-2")).inputs.subnetId, "subnet-1b");
        assert.equal((await instanceOf(engine, "bastion")).inputs.subnetId, "subnet-2a");
        const groups = (await engine.resources()).filter(({ type }) => type === "aws:ec2/securityGroup:SecurityGroup");
        assert.deepEqual(new Set(groups.map(({ inputs }) => inputs.vpcId)), new Set(["vpc-1a"]));
    });

    describe("with a bastion that is there", () => {
        const privateOnly = { ...existing, awsVpc: { ...existing.awsVpc, publicSubnets: [] } };
        let engine: MockPulumi;
        let platform: Platform;

        before(async () => {
            ({ engine, platform } = await make({ ...privateOnly, ...existingBastion, awsAllowedCidrs: [] }, anyVpc));
        });

        it("makes none, and no door of its own", async () => {
            const made = (await engine.resources()).filter(({ type }) => /(ec2|vpc)\//.test(type));

            assert.deepEqual(
                made.filter(({ name, type }) => name.endsWith("-bastion") || type.endsWith(":Eip")),
                [],
            );
            assert.deepEqual(
                made.filter(({ inputs }) => "cidrIpv4" in inputs && inputs.cidrIpv4 !== "0.0.0.0/0"),
                [],
            );
        });

        it("lets its security group in to SSH of each machine and to the API server", async () => {
            assert.deepEqual(await waysInOf(engine, "sg-0b1"), ["control-plane 22", "load-balancer 6443", "worker 22"]);
        });

        it("lets the network in that it comes from, and etcdctl where etcd has machines of its own", async () => {
            const awsBastion = { ...existingBastion.awsBastion, from: "10.9.0.7/32" };
            const other = await make({ ...existing, ...existingBastion, awsBastion, etcd: "external" }, anyVpc);

            assert.deepEqual(await waysInOf(other.engine, "10.9.0.7/32"), [
                "control-plane 22",
                "etcd 22",
                "etcd 2379",
                "load-balancer 6443",
                "worker 22",
            ]);
        });

        it("is reached with its own pinned host key and secret key, and so is everything over it", async () => {
            const [worker] = platform.machines.filter(({ role }) => role === "worker");
            const { proxy } = worker?.connection ?? {};
            const { host, user, hostKey } = existingBastion.awsBastion;

            for (const connection of [platform.admin.connection, proxy]) {
                const { privateKey } = connection ?? {};
                assert.deepEqual(
                    [connection?.host, connection?.user, connection?.hostKey, await valueOf(pulumi.output(privateKey))],
                    [host, user, hostKey, existingBastion.awsBastionKey],
                );
                assert.equal(await pulumi.isSecret(pulumi.output(privateKey)), true);
            }
            assert.equal(
                (await valueOf(platform.knownHosts)).split("\n")[0],
                `${host} ${existingBastion.awsBastion.hostKey}`,
            );
        });

        it("is claimed for this cluster before any machine is made", async () => {
            const claim = await engine.resource("machines-bastion");

            assert.match(String(claim.inputs.stdin), /^CLUSTER='dev'$/m);
            assert.equal(claim.isSecret("connection.privateKey"), true);
            assert.ok((await instanceOf(engine, "worker-1")).options.dependsOn.includes(claim.urn));
        });

        it("shows its key to nobody who reads the state or a preview", async () => {
            const open = (await engine.resources()).filter(
                (each) =>
                    JSON.stringify(without(each.inputs, "connection")).includes("BEGIN OPENSSH") &&
                    !each.isSecret("stdin"),
            );

            assert.deepEqual(open, []);
        });
    });

    it("with etcd on machines of its own gives those the volume, a group and a role", async () => {
        const { engine } = await make({ ...small, etcd: "external", etcdNodes: 3 });

        const { inputs } = await instanceOf(engine, "etcd-1");
        assert.deepEqual(
            [inputs.iamInstanceProfile, (inputs.ebsBlockDevices as unknown[]).length],
            ["name of machines-etcd", 1],
        );
        assert.deepEqual((await instanceOf(engine, "control-plane-1")).inputs.ebsBlockDevices, []);
        const rules = (await engine.resources()).filter(({ type }) => type.endsWith(":SecurityGroupIngressRule"));
        assert.deepEqual(
            rules.map(({ name }) => name).filter((name) => name.includes("etcd")),
            [
                "machines-allow-bastion-to-etcd-tcp-22",
                "machines-allow-bastion-to-etcd-tcp-2379",
                "machines-allow-control-plane-to-etcd-tcp-2379",
                "machines-allow-etcd-to-etcd-tcp-2379-2380",
            ],
        );
    });

    it("gives each member of external etcd an interface of its own, and reaches it by that one's address", async () => {
        const { engine, platform } = await make({ ...small, etcd: "external", etcdNodes: 3 });

        const { inputs } = await ofType(engine, "machines-etcd-2", "aws:ec2/networkInterface:NetworkInterface");
        assert.deepEqual(inputs, {
            subnetId: "machines-network-private-eu-central-1b-id",
            securityGroups: ["machines-allow-etcd-id"],
            tags: { "pulumi-kubeadm": "dev", Name: "dev etcd-2" },
        });
        const instance = (await instanceOf(engine, "etcd-2")).inputs;
        assert.deepEqual(instance.primaryNetworkInterface, { networkInterfaceId: "machines-etcd-2-id" });
        assert.equal("subnetId" in instance || "vpcSecurityGroupIds" in instance, false);
        const member = platform.machines.find(({ name }) => name === "etcd-2");
        assert.deepEqual(
            await Promise.all([member?.address, member?.connection.host].map((value) => valueOf(pulumi.output(value)))),
            ["10.0.1.1 of machines-etcd-2", "10.0.1.1 of machines-etcd-2"],
        );
        assert.equal((await treeOf(engine))["AwsMachine machines-worker-1"]?.length, machineOf("worker-1").length);
    });

    it("makes nodes after the cluster's data, and anew with others, but not the bastion", async () => {
        const engine = await mockPulumi({ outputs: awsOutputs, results: awsResults() });
        const records = { hosts: {}, generations: {}, restore: { ...neverRestored, origin: "1: a.db" } };

        await createPlatform(aws(small), records, newData());

        const worker = await instanceOf(engine, "worker-1");
        assert.ok(worker.options.dependsOn.some((urn) => urn.endsWith("::stack-data")));
        assert.equal(worker.options.replacementTrigger, "0 1: a.db");
        assert.equal((await instanceOf(engine, "bastion")).options.replacementTrigger, "0");
    });

    it("has spot instances in the pools that say so", async () => {
        const { engine } = await make({ ...small, awsMachines: { worker: { spot: true } } });

        assert.deepEqual((await instanceOf(engine, "worker-1")).inputs.instanceMarketOptions, { marketType: "spot" });
        assert.equal("instanceMarketOptions" in (await instanceOf(engine, "control-plane-1")).inputs, false);
    });

    it("makes another machine of one that is to be a spot instance, or no longer", async () => {
        const { engine } = await make({ ...small, awsMachines: { worker: { spot: true } } });

        assert.deepEqual(await triggersOf(engine, "worker-1"), [
            "spot 0",
            "t4g.medium spot eu-central-1a 0",
            "t4g.medium spot eu-central-1a 0",
        ]);
        assert.equal((await instanceOf(engine, "worker-1")).options.deleteBeforeReplace, false);
    });

    it("with a public endpoint has a second load balancer, on the public side and for the same machines", async () => {
        const { engine, platform } = await make({ ...small, awsPublicEndpoint: true });
        const { inputs } = await ofType(engine, "machines-api-public", "aws:lb/loadBalancer:LoadBalancer");

        assert.deepEqual(
            [inputs.internal, inputs.subnets, inputs.securityGroups],
            [
                false,
                ["machines-network-public-eu-central-1a-id", "machines-network-public-eu-central-1b-id"],
                ["machines-allow-public-load-balancer-id"],
            ],
        );
        assert.deepEqual(await valueOf(platform.endpoint), {
            forNodes: "api.dev.internal:6443",
            forOperator: "machines-api-public.elb.example.com:6443",
        });
    });

    it("gives a machine that is asked to be another one the newest image, and others keep theirs", async () => {
        const { engine } = await make(small, {}, false, { "worker-1": 2 });

        assert.deepEqual(await triggersOf(engine, "worker-1"), [
            "2",
            "t4g.medium eu-central-1a 2",
            "t4g.medium eu-central-1a 2",
        ]);
        assert.deepEqual(await triggersOf(engine, "control-plane-1"), [
            "0",
            "t4g.medium eu-central-1a 0",
            "t4g.medium eu-central-1a 0",
        ]);
    });

    it("refuses what AWS cannot give before it registers anything", async () => {
        const engine = await mockPulumi({
            outputs: awsOutputs,
            results: awsResults({ "aws:servicequotas/getServiceQuota:getServiceQuota": () => ({ value: 5 }) }),
        });

        await assert.rejects(
            createPlatform(aws(small), { hosts: {}, generations: {}, restore: neverRestored }, newData()),
            /^Error: what Pulumi\.stack\.yaml asks of AWS has 1 problem:\n {2}the machines need 6 vCPUs/,
        );
        assert.deepEqual(await registered(engine), ["stack-data"]);
    });

    const mayNotMakeVpcs = {
        "aws:iam/getPrincipalPolicySimulation:getPrincipalPolicySimulation": ({
            actionNames,
        }: Record<string, unknown>) => ({
            results: (actionNames as string[]).map((actionName) => ({
                actionName,
                allowed: actionName !== "ec2:CreateVpc",
                missingContextKeys: [],
            })),
        }),
    };

    it("refuses what the caller may not do, with all else that AWS cannot give", async () => {
        const engine = await mockPulumi({
            outputs: awsOutputs,
            results: awsResults({
                ...mayNotMakeVpcs,
                "aws:servicequotas/getServiceQuota:getServiceQuota": () => ({ value: 5 }),
            }),
        });

        await assert.rejects(
            createPlatform(aws(small), { hosts: {}, generations: {}, restore: neverRestored }, newData()),
            /has 2 problems:\n.* vCPUs.*\n {2}aws:ec2\/vpc: arn:aws:iam::111122223333:role\/deployer may not do ec2:CreateVpc; /,
        );
        assert.deepEqual(await registered(engine), ["stack-data"]);
    });

    it("of a cluster that is there is looked after by who may not make one", async () => {
        const engine = await mockPulumi({ outputs: awsOutputs, results: awsResults(mayNotMakeVpcs) });
        const records = { hosts: {}, generations: {}, restore: neverRestored, exists: true };

        await createPlatform(aws(small), records, newData());

        assert.notDeepEqual(await registered(engine), ["stack-data"]);
    });

    it("of any configuration protects every instance, and opens nothing but what is named", async () => {
        const anyConfig = fc.record({
            controlPlaneNodes: fc.constantFrom(1, 3),
            workerNodes: fc.integer({ min: 0, max: 2 }),
            workerPools: fc.constantFrom({}, { batch: { count: 2 } }),
            awsZones: fc.constantFrom(zones, zones.slice(1)),
            awsVpc: fc.constantFrom({ nat: "single" }, { cidr: "10.7.3.0/24" }, existing.awsVpc),
            from: fc.constantFrom("", "sg-0b1", "10.9.0.7/32"),
            awsAllowedCidrs: fc.constantFrom([allowed], [allowed, "198.51.100.0/24"]),
            awsPublicEndpoint: fc.boolean(),
            etcd: fc.constantFrom("stacked", "external"),
            awsArchitecture: fc.constantFrom("arm64", "amd64"),
            awsImage: fc.constantFrom("debian-13", "ubuntu-24.04", "ami-1a"),
            awsMachines: fc.constantFrom({}, { worker: { spot: true, disk: 100 } }),
            cni: fc.constantFrom("flannel", "none"),
        });
        await fc.assert(
            fc.asyncProperty(anyConfig, async ({ from, ...config }) => {
                const isThere = "id" in config.awsVpc && from !== "";
                const awsBastion = { ...existingBastion.awsBastion, from };
                const { engine } = await make(
                    {
                        ...config,
                        ...("id" in config.awsVpc ? { awsZones: zones.slice(0, 2) } : {}),
                        ...(isThere ? { ...existingBastion, awsBastion } : {}),
                    },
                    anyVpc,
                );
                const resources = await engine.resources();
                const instances = resources.filter(({ type }) => type === "aws:ec2/instance:Instance");
                const open = resources
                    .filter(({ type }) => type.endsWith(":SecurityGroupIngressRule"))
                    .flatMap(({ inputs }) =>
                        typeof inputs.cidrIpv4 === "string" ? [[inputs.cidrIpv4, inputs.fromPort].join(" ")] : [],
                    );
                const doors = [...(isThere ? [] : [22]), ...(config.awsPublicEndpoint ? [6443] : [])];
                const nodes = config.etcd === "external" ? [22, 22, 22, 2379] : [22, 22];
                const ofBastion =
                    isThere && from.includes("/") ? [...nodes, 6443].map((port) => `${from} ${port}`) : [];

                assert.deepEqual(
                    instances.filter((each) => !isProtected(each)),
                    [],
                );
                assert.deepEqual(
                    open.sort(),
                    [
                        ...doors.flatMap((port) => config.awsAllowedCidrs.map((cidr) => `${cidr} ${port}`)),
                        ...ofBastion,
                    ].sort(),
                );
                assert.deepEqual(
                    resources.filter(({ inputs }) => "associatePublicIpAddress" in inputs),
                    [],
                );
            }),
            { numRuns: 8 },
        );
    }).timeout(60000);

    it("is loaded only where it is used", () => {
        const text = `require("./index.ts"); console.log(Object.keys(require.cache).filter((file) => file.includes("@pulumi/aws")).length)`;

        const loaded = execFileSync(process.execPath, ["--import", "tsx", "--eval", text], {
            cwd: join(__dirname, "../../.."),
            encoding: "utf8",
        });

        assert.equal(loaded, "0\n");
    });
});

interface Disk {
    readonly encrypted?: boolean;
    readonly volumeType?: string;
}

function isProtected({ inputs }: RegisteredResource): boolean {
    const metadata = inputs.metadataOptions as Record<string, unknown>;
    const disks = [inputs.rootBlockDevice as Disk, ...(inputs.ebsBlockDevices as Disk[])];
    return (
        metadata.httpTokens === "required" &&
        metadata.httpPutResponseHopLimit === 1 &&
        disks.every(({ encrypted, volumeType }) => encrypted === true && volumeType === "gp3")
    );
}

function aws(given: Record<string, unknown>) {
    return configOf({ platform: "aws", awsAllowedCidrs: [allowed], ...given });
}

async function registered(engine: MockPulumi): Promise<string[]> {
    return (await engine.resources()).map(({ name }) => name);
}

async function make(
    given: Record<string, unknown>,
    answers: Parameters<typeof awsResults>[0] = {},
    preview = false,
    generations: Readonly<Record<string, number>> = {},
): Promise<{ engine: MockPulumi; platform: Platform }> {
    const engine = await mockPulumi({
        ...(preview ? {} : { outputs: awsOutputs }),
        results: awsResults(answers),
        preview,
    });
    const platform = await createPlatform(aws(given), { hosts: {}, generations, restore: neverRestored }, newData());
    await engine.resources();
    return { engine, platform };
}

/** Children by their parent, but for rules and groups, which have a test of their own. */
async function treeOf(engine: MockPulumi): Promise<Record<string, string[]>> {
    const tree: Record<string, string[]> = {};
    const resources = await engine.resources();
    const label = ({ type, name }: RegisteredResource): string => `${type.split(":").at(-1) ?? ""} ${name}`;
    for (const resource of resources.filter(({ type }) => !/securityGroup/.test(type))) {
        const parent = resources.find(({ urn }) => urn === resource.parent);
        const key = parent === undefined ? "" : parent.type.endsWith(":Aws") ? parent.name : label(parent);
        (tree[key] ??= []).push(label(resource));
    }
    return Object.fromEntries(Object.entries(tree).map(([name, children]) => [name, children.sort()]));
}

function machineOf(name: string): string[] {
    return [
        `Instance machines-${name}`,
        `PrivateKey machines-${name}-host-key`,
        `Stash machines-${name}-image`,
        `Stash machines-${name}-user-data`,
    ];
}

async function ofType(engine: MockPulumi, name: string, type: string): Promise<RegisteredResource> {
    const found = (await engine.resources()).find((each) => each.name === name && each.type === type);
    assert.ok(found !== undefined, `there is no ${type} ${name}`);
    return found;
}

async function only(engine: MockPulumi, type: string): Promise<RegisteredResource> {
    const [found, ...others] = (await engine.resources()).filter((each) => each.type === type);
    assert.ok(found !== undefined && others.length === 0, `there is not one ${type}`);
    return found;
}

/** Where a security group or network is let in: group and port. */
async function waysInOf(engine: MockPulumi, source: string): Promise<string[]> {
    return (await engine.resources())
        .filter(({ type }) => type.endsWith(":SecurityGroupIngressRule"))
        .filter(({ inputs }) => (inputs.cidrIpv4 ?? inputs.referencedSecurityGroupId) === source)
        .map(({ inputs }) => {
            const group = String(inputs.securityGroupId).replace(/^machines-allow-(.*)-id$/, "$1");
            return `${group} ${String(inputs.fromPort)}`;
        })
        .sort();
}

function instanceOf(engine: MockPulumi, name: string): Promise<RegisteredResource> {
    return ofType(engine, `machines-${name}`, "aws:ec2/instance:Instance");
}

/** What replaces a machine, its image and its user data when it changes. */
async function triggersOf(engine: MockPulumi, name: string): Promise<unknown[]> {
    return [
        (await instanceOf(engine, name)).options.replacementTrigger,
        (await engine.resource(`machines-${name}-image`)).options.replacementTrigger,
        (await engine.resource(`machines-${name}-user-data`)).options.replacementTrigger,
    ];
}

function ruleText(type: string, inputs: Readonly<Record<string, unknown>>): string {
    const group = (id: unknown): string => String(id).replace(/^machines-allow-(.*)-id$/, "$1");
    const other = group(inputs.cidrIpv4 ?? inputs.referencedSecurityGroupId);
    const ports = typeof inputs.fromPort === "number" ? ` ${inputs.fromPort}-${String(inputs.toPort)}` : "";
    const [side, arrow] = type.endsWith(":SecurityGroupIngressRule") ? ["in", "<"] : ["out", ">"];
    return `${side} ${group(inputs.securityGroupId)} ${arrow} ${other} ${String(inputs.ipProtocol)}${ports}: ${String(inputs.description)}`;
}

function without(value: unknown, ...keys: readonly string[]): Record<string, unknown> {
    return Object.fromEntries(Object.entries(value as object).filter(([key]) => !keys.includes(key)));
}

function nameOf(urn: string): string {
    return urn.split("::").at(-1) ?? "";
}
