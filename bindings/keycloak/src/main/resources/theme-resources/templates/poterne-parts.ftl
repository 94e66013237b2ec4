<#-- What the pages of poterne have in common. The element names are those of bindings/web/README.md. -->
<#macro error>
  <#if (poterne.error!"")?has_content>
    <div id="poterne-error" role="alert" class="${properties.kcAlertClass!} pf-m-danger">
      <p class="${properties.kcAlertTitleClass!}">${poterne.error}</p>
    </div>
  </#if>
</#macro>

<#macro notices>
  <#if poterne.notices?has_content>
    <div id="poterne-notice" role="status" class="${properties.kcAlertClass!} pf-m-info">
      <div class="${properties.kcAlertTitleClass!}"><#list poterne.notices as notice><p>${notice}</p></#list></div>
    </div>
  </#if>
</#macro>

<#-- A form of one step. A second click does nothing while the first is under way. -->
<#macro form step>
  <form action="${url.loginAction}" method="post" class="${properties.kcFormClass!}" novalidate
        onsubmit="for (const button of this.querySelectorAll('button')) setTimeout(() => { button.disabled = true; });">
    <input type="hidden" name="step" value="${step}">
    <#nested>
  </form>
</#macro>

<#macro submit label id="poterne-submit" name="" second=false>
  <button type="submit" id="${id}"<#if name?has_content> name="${name}" value="1"</#if>
          class="${second?then(properties.kcButtonSecondaryClass!, properties.kcButtonPrimaryClass!)} ${properties.kcButtonBlockClass!}">${label}</button>
</#macro>

<#macro code label hint="">
  <div class="${properties.kcFormGroupClass!}">
    <div class="${properties.kcFormGroupLabelClass!}">
      <label for="poterne-code" class="${properties.kcFormLabelClass!}"><span class="${properties.kcFormLabelTextClass!}">${label}</span></label>
    </div>
    <span class="${properties.kcInputClass!}<#if (poterne.error!"")?has_content> ${properties.kcError!}</#if>">
      <input id="poterne-code" name="code" type="text" value="" autocomplete="one-time-code" autocapitalize="characters" spellcheck="false"
             maxlength="64" autofocus<#if (poterne.error!"")?has_content> aria-invalid="true"</#if><#if hint?has_content> aria-describedby="poterne-hint"</#if>>
    </span>
    <#if hint?has_content><p id="poterne-hint" class="pf-v5-u-mt-sm">${hint}</p></#if>
  </div>
</#macro>

<#macro devices>
  <#if (poterne.devices?size > 1)>
    <fieldset class="${properties.kcFormGroupClass!}" style="border:0;padding:0">
      <legend class="${properties.kcFormLabelClass!} pf-v5-u-mb-sm"><span class="${properties.kcFormLabelTextClass!}">${msg("poterne.code.device")}</span></legend>
      <#list poterne.devices as row>
        <div class="${properties.kcCheckboxClass!}">
          <input type="radio" class="${properties.kcCheckboxInputClass!}" id="poterne-device-${row}" name="device" value="${row}"<#if row?is_first> checked</#if>>
          <label class="${properties.kcCheckboxLabelClass!}" for="poterne-device-${row}">${msg("poterne.code.device_" + ["first", "second", "third"][row - 1])}</label>
        </div>
      </#list>
    </fieldset>
  </#if>
</#macro>

<#function title key>
  <#return ((poterne.error!"")?has_content)?then(msg("poterne.error.title") + " – ", "") + msg(key)>
</#function>

<#-- Keycloak's own template shows the user's name in a field without a label, with a button that wants a script. -->
<#function no><#return false></#function>
<#function anotherWay><#return (.data_model.auth)?? && .data_model.auth.showTryAnotherWayLink()></#function>
<#global auth = {"showUsername": no, "showResetCredentials": no, "showTryAnotherWayLink": anotherWay}>
