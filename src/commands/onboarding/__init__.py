"""New customers with all that they begin with: one at a desk, or many from a file."""

from __future__ import annotations

from commands.onboarding.importing import SUBSCRIBER_CLAIM as SUBSCRIBER_CLAIM
from commands.onboarding.importing import NewAccount as NewAccount
from commands.onboarding.importing import NewSubscriber as NewSubscriber
from commands.onboarding.importing import NewSubscription as NewSubscription
from commands.onboarding.importing import Onboarding as Onboarding
from commands.onboarding.importing import SubscriberRow as SubscriberRow
from commands.onboarding.taking_on import CONCERNS, HANDLERS
from commands.onboarding.taking_on import AccountToOpen as AccountToOpen
from commands.onboarding.taking_on import ContractToDraft as ContractToDraft
from commands.onboarding.taking_on import ServiceToActivate as ServiceToActivate
from commands.onboarding.taking_on import TakeOnCustomer as TakeOnCustomer
from commands.platform.area import Area

AREA = Area(handlers=HANDLERS, concerns=CONCERNS)
