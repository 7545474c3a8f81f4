import assert from "node:assert/strict";
import { type FakeNode, fakeNode } from "../../support/fakeNode";
import { programScript } from "../../support/programScripts";

const script = programScript("etcd-disk");
const values = { NODE: "control-plane-1" };

describe("etcd-disk.sh", () => {
    let node: FakeNode;

    beforeEach(() => {
        node = fakeNode();
        node.stub("mountpoint", "exit 1");
        node.stub("mkfs.ext4");
        node.stub("blkid", "echo 1234-abcd");
        node.stub("mount", `mkdir -p "\${!#}/lost+found"`);
        node.stub("chmod");
        node.stub("rmdir");
        node.stub("lsblk", {
            MODEL: [
                "echo '/dev/nvme0n1 disk Amazon Elastic Block Store'",
                "echo '/dev/nvme1n1 disk Amazon EC2 NVMe Instance Storage'",
                "echo '/dev/nvme2n1 disk Amazon Elastic Block Store'",
            ].join("; "),
            "FSTYPE /dev/nvme0n1": "printf '/dev/nvme0n1\\n/dev/nvme0n1p1 ext4\\n'",
            "FSTYPE /dev/nvme2n1": "printf '/dev/nvme2n1 \\n'",
        });
    });

    it("gives etcd the one volume that is empty, at this boot and every other", () => {
        assert.equal(node.run(script, values).stderr, "");

        assert.deepEqual(node.calls("mkfs"), ["mkfs.ext4 -q /dev/nvme2n1"]);
        assert.equal(
            node.read("/etc/fstab"),
            `UUID=1234-abcd ${node.path("/var/lib/etcd")} ext4 defaults,noatime 0 2\n`,
        );
        assert.deepEqual(node.calls("mount "), [`mount ${node.path("/var/lib/etcd")}`]);
    });

    it("leaves an empty folder that only root reads, which is what kubeadm takes", () => {
        node.run(script, values);

        assert.deepEqual(node.calls("rmdir"), [`rmdir ${node.path("/var/lib/etcd")}/lost+found`]);
        assert.deepEqual(node.calls("chmod"), [`chmod 0700 ${node.path("/var/lib/etcd")}`]);
    });

    it("changes nothing when the disk is there already", () => {
        node.stub("mountpoint");

        assert.equal(node.run(script, values).status, 0);
        assert.deepEqual(node.calls("mkfs"), []);
    });

    it("formats no disk that holds something, and says which disks it saw", () => {
        node.stub("lsblk", {
            MODEL: "echo '/dev/nvme0n1 disk Amazon Elastic Block Store'",
            FSTYPE: "echo '/dev/nvme0n1 xfs'",
        });

        const { status, stderr } = node.run(script, values);

        assert.notEqual(status, 0);
        assert.match(stderr, /there is no disk that is empty: \/dev\/nvme0n1 disk Amazon Elastic Block Store\n/);
        assert.deepEqual(node.calls("mkfs"), []);
    });
});
