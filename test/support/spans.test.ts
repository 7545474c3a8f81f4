import assert from "node:assert/strict";
import { overlap, type Span } from "./spans";

describe("overlap", () => {
    const span = { from: 1000, to: 2000 };
    const cases: { title: string; others: Span[]; milliseconds: number }[] = [
        { title: "there is no other", others: [], milliseconds: 0 },
        { title: "another ends before it", others: [{ from: 500, to: 999 }], milliseconds: 0 },
        { title: "another begins after it", others: [{ from: 2001, to: 3000 }], milliseconds: 0 },
        { title: "another goes over its beginning", others: [{ from: 500, to: 1100 }], milliseconds: 100 },
        { title: "another goes over its end", others: [{ from: 1800, to: 3000 }], milliseconds: 200 },
        { title: "another is all around it", others: [{ from: 0, to: 9000 }], milliseconds: 1000 },
        {
            title: "there are two in it",
            others: [
                { from: 1100, to: 1200 },
                { from: 1500, to: 1600 },
            ],
            milliseconds: 200,
        },
    ];

    cases.forEach(({ title, others, milliseconds }) => {
        it(`is ${milliseconds} ms when ${title}`, () => {
            assert.equal(overlap(span, others), milliseconds);
        });
    });
});
