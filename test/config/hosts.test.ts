import assert from "node:assert/strict";
import { bastionKeyOf } from "../support/awsOutputs";
import { configOf, problemsOf } from "../support/configOf";
import { hostKeys, hostsOf } from "../support/hosts";

const hostsKey = bastionKeyOf("none");
const small = { platform: "hosts", controlPlaneNodes: 1, workerNodes: 1, hostsKey };
const names = ["load-balancer", "control-plane-1", "worker-1"];
const machines = hostsOf(names);

describe("machines that are there", () => {
    it("are read with the user root, and without the comment of a host key", () => {
        const { hosts } = configOf({
            ...small,
            hosts: { ...machines, "worker-1": { address: "10.0.0.9", hostKey: `${hostKeys[9] ?? ""} root@worker\n` } },
        });

        assert.deepEqual(hosts["worker-1"], { address: "10.0.0.9", user: "root", hostKey: hostKeys[9] });
    });

    it("are asked for on no other platform", () => {
        assert.deepEqual(problemsOf({ hosts: { "worker-7": machines["worker-1"] } }), []);
    });

    const good: { title: string; given: Record<string, unknown> }[] = [
        { title: "each has an entry", given: { hosts: machines } },
        {
            title: "that of a worker which is taken out stays",
            given: { hosts: hostsOf([...names, "worker-2"]), workerNodes: 2, withoutNodes: ["worker-2"] },
        },
        {
            title: "a load balancer of the user's stands in front of a machine for kubectl",
            given: {
                hosts: hostsOf(["admin", "control-plane-1", "worker-1"]),
                controlPlaneEndpoint: "api.example.com",
            },
        },
        {
            title: "the endpoint is a name of the load balancer",
            given: { hosts: machines, controlPlaneEndpoint: "api.example.com" },
        },
        {
            title: "a load balancer of the user's answers at a port of its own",
            given: {
                hosts: hostsOf(["admin", "control-plane-1", "worker-1"]),
                controlPlaneEndpoint: "api.example.com:443",
            },
        },
        {
            title: "the others are reached over the load balancer",
            given: { hosts: machines, hostsBastion: "load-balancer" },
        },
        {
            title: "there are machines of etcd and of a pool too",
            given: {
                hosts: hostsOf([...names, "etcd-1", "gpu-1"]),
                etcd: "external",
                etcdNodes: 1,
                workerPools: { gpu: { count: 1 } },
            },
        },
    ];
    for (const { title, given } of good) {
        it(`are good when ${title}`, () => {
            assert.deepEqual(problemsOf({ ...small, ...given }), []);
        });
    }

    const example = "{address: 10.0.0.11, hostKey: ssh-ed25519 AAAA...}";
    const changed = (change: Record<string, unknown>) => ({
        hosts: { ...machines, "worker-1": { ...machines["worker-1"], ...change } },
    });
    /** What an entry that cannot be read leaves. */
    const nothingGiven = [
        `hosts: no machine is given for control-plane-1, worker-1; for example control-plane-1: ${example}`,
        "hosts: there is neither a load-balancer, where HAProxy is set up, nor, with a load balancer of yours, " +
            "a machine admin, where kubectl runs; give one of them",
    ];
    const bad: { title: string; given: Record<string, unknown>; expected: string[] }[] = [
        {
            title: "machines are missing",
            given: { hosts: hostsOf(["load-balancer"]) },
            expected: nothingGiven.slice(0, 1),
        },
        {
            title: "a name is misspelt",
            given: { hosts: hostsOf(["load-balancer", "control-plane-1", "wroker-1"]) },
            expected: [
                `hosts: no machine is given for worker-1; for example worker-1: ${example}`,
                'hosts: "wroker-1" is no machine of this cluster; did you mean worker-1?',
            ],
        },
        {
            title: "there is a machine more than the counts say",
            given: { hosts: hostsOf([...names, "worker-2"]) },
            expected: [
                'hosts: "worker-2" is no machine of this cluster; raise the number of its pool, or take the machine out',
            ],
        },
        {
            title: "the number of a name is that of no node",
            given: { hosts: hostsOf(["load-balancer", "control-plane-1", "worker-2"]) },
            expected: [
                `hosts: no machine is given for worker-1; for example worker-1: ${example}`,
                'hosts: "worker-2" is no machine of this cluster; raise the number of its pool, or take the machine out',
            ],
        },
        {
            title: "there is no way to the API servers",
            given: { hosts: hostsOf(["control-plane-1", "worker-1"]) },
            expected: nothingGiven.slice(1),
        },
        {
            title: "there are two ways",
            given: { hosts: hostsOf([...names, "admin"]) },
            expected: ["hosts: kubectl runs on the load-balancer; take admin out"],
        },
        {
            title: "the way of the user's is not named",
            given: { hosts: hostsOf(["admin", "control-plane-1", "worker-1"]) },
            expected: [
                "controlPlaneEndpoint: without a load-balancer in hosts, it is that of yours; for example api.example.com:6443",
            ],
        },
        {
            title: "they are reached over a machine that is not there",
            given: { hosts: machines, hostsBastion: "admin" },
            expected: ["hostsBastion: there is no admin in hosts; use load-balancer, or leave it out"],
        },
        {
            title: "they are reached over a node",
            given: { hosts: machines, hostsBastion: "control-plane-1" },
            expected: ['hostsBastion: "control-plane-1" is not known; use load-balancer or admin'],
        },
        {
            title: "the endpoint is another machine, at another port",
            given: { hosts: machines, controlPlaneEndpoint: "10.0.0.2:443" },
            expected: [
                "controlPlaneEndpoint: the load-balancer does not answer at port 443; use 6443",
                "controlPlaneEndpoint: 10.0.0.2 is the address of control-plane-1, not of the load-balancer; " +
                    "use 10.0.0.1, or leave it out",
            ],
        },
        {
            title: "a field is unknown",
            given: changed({ name: "w1" }),
            expected: [
                'hosts: worker-1: "name" is not known; a machine has address, host, port, user, hostKey',
                ...nothingGiven,
            ],
        },
        {
            title: "a port is none",
            given: changed({ port: 70000 }),
            expected: ["hosts: worker-1: port: 70000 is not a port; use 1 to 65535"],
        },
        {
            title: "an address is missing",
            given: { hosts: { "worker-1": { hostKey: hostKeys[0] } } },
            expected: [`hosts: worker-1: it has no address; for example ${example}`, ...nothingGiven],
        },
        {
            title: "an address is a name",
            given: changed({ address: "worker-1.example.com" }),
            expected: [
                'hosts: worker-1: address: "worker-1.example.com" is not an IPv4 address that the other machines reach; ' +
                    "for example 10.0.0.11",
            ],
        },
        {
            title: "an address is a pod's",
            given: changed({ address: "10.244.0.9" }),
            expected: [
                "hosts: worker-1: address: 10.244.0.9 lies in podSubnet 10.244.0.0/16; choose subnets that are apart",
            ],
        },
        {
            title: "the rest of an entry is malformed",
            given: changed({ host: "10.0.0.256", user: "The Admin", hostKey: "ssh-rsa AAAA" }),
            expected: [
                'hosts: worker-1: host: "10.0.0.256" is neither a name nor an address',
                'hosts: worker-1: user: "The Admin" is not the name of a user; for example admin',
                'hosts: worker-1: hostKey: "ssh-rsa AAAA" is not an ed25519 host key; ' +
                    "copy it from the machine's /etc/ssh/ssh_host_ed25519_key.pub",
            ],
        },
        {
            title: "a machine is given twice",
            given: changed(machines["control-plane-1"] ?? {}),
            expected: [
                "hosts: worker-1 has the address of control-plane-1",
                "hosts: worker-1 has the host key of control-plane-1; " +
                    "give machines of a cloned image keys of their own, with ssh-keygen -A",
            ],
        },
        {
            title: "there is no key",
            given: { hosts: machines, hostsKey: "" },
            expected: [
                "hostsKey: the key that opens all machines is missing; npm run pulumi -- config set --secret hostsKey < FILE",
            ],
        },
    ];
    for (const { title, given, expected } of bad) {
        it(`are refused when ${title}`, () => {
            assert.deepEqual(problemsOf({ ...small, ...given }), expected);
        });
    }
});
