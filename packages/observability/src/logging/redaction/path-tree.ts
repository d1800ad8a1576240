import { inspect } from "node:util";

/** What lies below the paths that lead here. */
export interface PathNode {
  readonly below: Map<string, PathNode>;
  /** Below `*`. */
  any: PathNode | undefined;
  /** Whether a path ends here. */
  isEnd: boolean;
}

/** Where in the tree a value stands; several places where paths have a `*`. */
export type PathPlace = readonly PathNode[];

const NOWHERE: PathPlace = [];
const SEGMENT = /\.?([^.[\]"'`]+)|\[(?:"([^"]*)"|'([^']*)'|`([^`]*)`|([^[\]"'`]+))\]/y;

/**
 * Reads paths as pino writes them: `user.email`, `headers["x-key"]`, `items[*].secret`, `*.password`.
 *
 * @throws TypeError for what is no path
 */
export function readPaths(paths: readonly string[]): PathPlace {
  if (paths.length === 0) return NOWHERE;
  const root = emptyNode();
  for (const path of paths) {
    let node = root;
    for (const segment of segmentsOf(path)) node = step(node, segment);
    node.isEnd = true;
  }
  return [root];
}

/** Goes down to a field. */
export function below(place: PathPlace, key: string): PathPlace {
  if (place.length === 0) return NOWHERE;
  let found: PathNode[] | undefined;
  for (const { below: children, any } of place) {
    const child = children.get(key);
    if (child !== undefined) (found ??= []).push(child);
    if (any !== undefined) (found ??= []).push(any);
  }
  return found ?? NOWHERE;
}

/** Whether a path ends here. */
export function isNamed(place: PathPlace): boolean {
  return place.some(({ isEnd }) => isEnd);
}

function emptyNode(): PathNode {
  return { below: new Map(), any: undefined, isEnd: false };
}

function step(node: PathNode, segment: string): PathNode {
  if (segment === "*") return (node.any ??= emptyNode());
  const known = node.below.get(segment);
  if (known !== undefined) return known;
  const fresh = emptyNode();
  node.below.set(segment, fresh);
  return fresh;
}

function segmentsOf(path: string): string[] {
  const segments: string[] = [];
  let at = 0;
  while (at < path.length) {
    SEGMENT.lastIndex = at;
    const [whole, ...names] = SEGMENT.exec(path) ?? [""];
    const name = names.find((each) => each !== undefined);
    // A dot at the very beginning joins nothing.
    if (name === undefined || (at === 0 && whole.startsWith("."))) break;
    segments.push(name);
    at += whole.length;
  }
  if (at < path.length || segments.length === 0)
    throw new TypeError(
      `redact.paths: ${inspect(path)} is no path; expected one such as "user.email", 'headers["x-key"]' or "items[*].secret"`,
    );
  return segments;
}
