-- What records cost that a price list prices one by one, as it was rated last. It is written with the facts of the
-- accounts that say the same by day, and can be made again from the records and the price lists.

CREATE TABLE billing.usage_rated (
    account        text COLLATE "C" NOT NULL,
    subscription   text COLLATE "C" NOT NULL,
    component      text COLLATE "C" NOT NULL,
    used_on        date NOT NULL,
    price_list     text COLLATE "C" NOT NULL,
    valid_from_on  date NOT NULL,
    destination    text COLLATE "C" NOT NULL,
    band           text COLLATE "C" NOT NULL,
    records        bigint NOT NULL,
    units          bigint NOT NULL,
    free_units     bigint NOT NULL,
    parts          numeric NOT NULL,
    parts_per_unit bigint NOT NULL,
    CONSTRAINT usage_rated_line
        PRIMARY KEY (account, subscription, component, used_on, price_list, valid_from_on, destination, band)
);

CREATE INDEX usage_rated_day ON billing.usage_rated (used_on);

COMMENT ON COLUMN billing.usage_rated.valid_from_on IS 'Names the version of the price list';
COMMENT ON COLUMN billing.usage_rated.units IS 'Seconds, bytes or millionths of items, in steps; with the free ones';
COMMENT ON COLUMN billing.usage_rated.parts IS 'What they cost, in parts of the currency: parts_per_unit are one unit';

-- Records that have no price, and why: by number, since that is what a price list lacks.
CREATE TABLE billing.usage_unrated (
    account      text COLLATE "C" NOT NULL,
    subscription text COLLATE "C" NOT NULL,
    component    text COLLATE "C" NOT NULL,
    used_on      date NOT NULL,
    price_list   text COLLATE "C" NOT NULL,
    number       text COLLATE "C" NOT NULL,
    reason       text COLLATE "C" NOT NULL,
    records      bigint NOT NULL,
    CONSTRAINT usage_unrated_line PRIMARY KEY (account, subscription, component, used_on, number, reason)
);

-- What was used of a package of free units in a period.
CREATE TABLE billing.usage_packages (
    account text COLLATE "C" NOT NULL,
    owner   text COLLATE "C" NOT NULL,
    package text COLLATE "C" NOT NULL,
    from_on date NOT NULL,
    to_on   date NOT NULL,
    units   bigint NOT NULL,
    used    bigint NOT NULL,
    CONSTRAINT usage_packages_period PRIMARY KEY (account, owner, package, from_on)
);

COMMENT ON COLUMN billing.usage_packages.owner IS 'SUBSCRIPTION/COMPONENT; empty if the services of the account share it';
COMMENT ON COLUMN billing.usage_packages.units IS 'Its own units and those that were carried over';
