import * as changes from "../../../src/stores/postgres/changes.js";
import * as confirm from "../../../src/stores/postgres/confirm.js";
import * as create from "../../../src/stores/postgres/create.js";
import * as disavow from "../../../src/stores/postgres/disavow.js";
import * as erase from "../../../src/stores/postgres/erase.js";
import * as find from "../../../src/stores/postgres/find.js";
import * as getActive from "../../../src/stores/postgres/get-active.js";
import * as list from "../../../src/stores/postgres/list.js";
import * as outdate from "../../../src/stores/postgres/outdate.js";
import * as purge from "../../../src/stores/postgres/purge.js";
import * as purgeDevices from "../../../src/stores/postgres/purge-devices.js";
import * as purgeEvents from "../../../src/stores/postgres/purge-events.js";
import * as reauthenticate from "../../../src/stores/postgres/reauthenticate.js";
import * as rename from "../../../src/stores/postgres/rename.js";
import * as revoke from "../../../src/stores/postgres/revoke.js";
import * as revokeAll from "../../../src/stores/postgres/revoke-all.js";
import * as revokeByKey from "../../../src/stores/postgres/revoke-by-key.js";
import * as revokeReused from "../../../src/stores/postgres/revoke-reused.js";
import * as rotate from "../../../src/stores/postgres/rotate.js";
import * as lockUser from "../../../src/stores/postgres/sql/lock-user.js";
import type { Statement } from "../../../src/stores/postgres/sql/statement.js";
import * as subscribe from "../../../src/stores/postgres/subscribe.js";
import * as touch from "../../../src/stores/postgres/touch.js";
import * as update from "../../../src/stores/postgres/update.js";

const { FULL, REDUCED } = changes;

const verbs: Readonly<Record<string, object>> = {
  confirm,
  create,
  disavow,
  erase,
  find,
  getActive,
  list,
  lockUser,
  outdate,
  purge,
  purgeDevices,
  purgeEvents,
  reauthenticate,
  rename,
  revoke,
  revokeAll,
  revokeByKey,
  revokeReused,
  rotate,
  subscribe,
  touch,
  update,
  changes: { ...FULL, "since, reduced": REDUCED.since, "whole, reduced": REDUCED.whole },
};

function isStatement(value: unknown): value is Statement {
  return typeof value === "object" && value !== null && "own" in value && "joined" in value;
}

/** Every statement that the store sends more than once, with the name of what exports it. */
export const statements: readonly (readonly [string, Statement])[] = Object.entries(verbs).flatMap(
  ([verb, exported]) => {
    const found = Object.entries(exported).flatMap(([name, value]) =>
      isStatement(value) ? [[`${verb}: ${name}`, value] as const] : [],
    );
    if (found.length === 0) throw new Error(`${verb} exports no statement`);
    return found;
  },
);
