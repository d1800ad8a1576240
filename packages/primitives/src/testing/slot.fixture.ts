import { completeSlot } from "../complete-slot.ts";

// Tests import single files. This does for them what the package's entry does for its users.
completeSlot();
