import { randomUUID } from "node:crypto";
import { Auth, authService } from "rollcall-warlock";

const password = await authService.hashPassword("correct horse battery staple");
const USERS = ["ada@example.com", "grace@example.com"].map((email) => ({
  id: randomUUID(),
  email,
  password,
}));

/** The users of a folder that brings no model of its own. */
export class User extends Auth {
  get userType() {
    return "user";
  }
  get email() {
    return this.get("email");
  }
  static async find(id) {
    return User.#of(USERS.find((user) => user.id === String(id)));
  }
  static async first(filter) {
    const conditions = Object.entries(filter);
    return User.#of(USERS.find((user) => conditions.every(([key, value]) => user[key] === value)));
  }
  static #of(data) {
    return data === undefined ? null : new User(data);
  }
}
