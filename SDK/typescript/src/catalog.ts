import type { Decimal, Duration, JSONValue } from "./values.js";

/** What is counted, and of which events. */
export interface Meter {
  key: string;
  eventName: string;
  aggregation: "count" | "sum" | "unique" | "max" | "min" | "latest" | "average";
  /** A key of `properties`, or else a dotted path into them. */
  property?: string;
  required?: boolean;
  filters?: MeterFilter[];
  groupBy?: string[];
}

export interface MeterFilter {
  property: string;
  operator:
    | "eq" | "ne" | "in" | "notIn" | "gt" | "gte" | "lt" | "lte"
    | "exists" | "notExists" | "startsWith";
  value?: JSONValue;
  values?: JSONValue[];
}

/** What a subscription is charged for, and when. */
export interface Plan {
  key: string;
  name: string;
  /** ISO 4217. */
  currency: string;
  billingPeriod: {
    interval: "day" | "week" | "month" | "quarter" | "year";
    count?: number;
    anchor: "calendar" | "subscription";
  };
  gracePeriod?: Duration;
  lateEvents?: "nextPeriod" | "currentPeriod" | "ignore";
  correctionDelay?: Duration;
  charges: Charge[];
  minimum?: Decimal;
}

export type Charge =
  | { key: string; name: string; type: "usage"; meter: string; price: Price }
  | {
      key: string;
      name: string;
      type: "flat";
      amount: Decimal;
      timing: "advance" | "arrears";
      prorate: boolean;
    };

/** A price: its model, and what every model can have besides. */
export type Price = PriceModel & {
  minimum?: Decimal;
  maximum?: Decimal;
  zeroUsageFlatFee?: "charge" | "skip";
  includedUnits?: Decimal;
  unitConfig?: {
    operation: "divide" | "multiply";
    factor: Decimal;
    rounding?: "ceiling" | "floor" | "halfUp" | "none";
    precision?: number;
  };
};

type Tier<Terms> = { /** The last tier's is null. */ upTo: Decimal | null } & Terms;

type UnitTier = Tier<{ unitAmount: Decimal; flatAmount?: Decimal }>;
type PackageTier = Tier<{ packageSize: Decimal; packageAmount: Decimal }>;
type RateTier = Tier<{ rate: Decimal; flatAmount?: Decimal }>;

export type PriceModel =
  | { model: "perUnit"; unitAmount: Decimal }
  | { model: "graduated" | "volume"; tiers: UnitTier[] }
  | {
      model: "package";
      packageSize: Decimal;
      packageAmount: Decimal;
      packageRounding?: "up" | "down";
    }
  | { model: "graduatedPackage" | "volumePackage"; tiers: PackageTier[] }
  | {
      model: "percentage";
      /** In percent. */
      rate: Decimal;
      fixedFee?: Decimal;
      freeEvents?: number;
      freeAmount?: Decimal;
      perTransactionMinimum?: Decimal;
      perTransactionMaximum?: Decimal;
    }
  | { model: "graduatedPercentage"; tiers: RateTier[] }
  | { model: "stairstep"; tiers: Tier<{ flatAmount: Decimal }>[] }
  | { model: "dynamic"; multiplier: Decimal };
