import { memory } from "rollcall/memory";
import { expect, onTestFinished, test } from "vitest";
import { secret } from "../../rollcall/test/support/sessions.js";
import { Auth, authMiddleware, createWarlockApp, router } from "../src/index.js";

const row = { id: 7, email: "a@b.c", name: "A", password: "scrypt$…", otp_secret: "JBSW", pin: 1 };

abstract class Person extends Auth {
  get userType(): string {
    return "user";
  }
}

class Card {
  readonly #data: Record<string, unknown>;
  constructor(data: Record<string, unknown>) {
    this.#data = data;
  }
  toJSON(): object {
    return { card: this.#data };
  }
}

router.get("/hidden/me", (request, response) => response.success({ user: request.user }), {
  middleware: authMiddleware("user"),
});

/** What `/me` shows of a user of a model, over real HTTP. */
async function shownOf(statics: object): Promise<unknown> {
  class User extends Person {
    static override find(): Promise<User> {
      return Promise.resolve(new User(row));
    }
  }
  Object.assign(User, statics);
  const auth = { userType: { user: User } };
  const app = createWarlockApp({ auth, store: memory(), secret });
  onTestFinished(() => app.close());
  const { accessToken } = await new User({ id: 7 }).createTokenPair();
  const url = `http://127.0.0.1:${await app.listen()}/hidden/me`;
  const answer = await fetch(url, { headers: { Authorization: `Bearer ${accessToken.token}` } });
  return (await answer.json()).user;
}

test.each([
  [{}, { id: 7, email: "a@b.c", name: "A", otp_secret: "JBSW", pin: 1, userType: "user" }],
  [{ toJsonColumns: ["id", "name"] }, { id: 7, name: "A" }],
  [{ toJsonColumns: ["id", "password", "userType"] }, { id: 7, userType: "user" }],
  [{ hidden: ["otp_secret", "pin", "userType"] }, { id: 7, email: "a@b.c", name: "A" }],
  [{ toJsonColumns: ["id", "pin"], hidden: ["pin"] }, { id: 7 }],
  [
    { toJsonColumns: [], hidden: ["email", "otp_secret", "pin", "name"] },
    { id: 7, userType: "user" },
  ],
  [{ resource: Card, resourceColumns: ["id", "pin"], hidden: ["pin"] }, { card: { id: 7 } }],
  [
    { resource: Card, toJsonColumns: ["id"], hidden: ["otp_secret"] },
    { card: { id: 7, email: "a@b.c", name: "A", pin: 1, userType: "user" } },
  ],
])("a model with %j shows no more than that", async (statics, shown) => {
  expect(await shownOf(statics)).toEqual(shown);
});

test("what a class above it hides stays hidden", async () => {
  class Base extends Person {
    static override hidden = ["otp_secret"];
  }
  class User extends Base {
    static override toJsonColumns = ["id", "otp_secret"];
  }
  expect(JSON.stringify(new User(row))).toBe('{"id":7}');
});

test("a model that hides in a way that is not understood is not shown at all", () => {
  class User extends Person {}
  Object.assign(User, { hidden: "otp_secret" });
  expect(() => JSON.stringify(new User(row))).toThrow("User.hidden must be an array");
});
